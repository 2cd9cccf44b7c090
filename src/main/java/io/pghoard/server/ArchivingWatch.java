// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.check.Answer;
import io.pghoard.check.Outcome;
import io.pghoard.config.BackupMode;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.ConnectionInfo;
import io.pghoard.repository.Repositories;
import io.pghoard.server.SiteQuestions.Told;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, again and again, whether the server of a site whose WAL comes by archive_command sends it
 * here: {@link ArchiverCheck} and {@link StoredWalCheck} ask the same, once.
 */
public final class ArchivingWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ArchivingWatch.class);

  private final Sites sites;
  private final Repositories repositories;
  private final Clock clock;
  private final SiteQuestions questions;
  private final Map<Archiver, Archived> seen = new ConcurrentHashMap<>();

  /** The archiver process of one node. */
  private record Archiver(SiteName site, ConnectionInfo node) {}

  /** The file that an archiver archived last, and what is known of it. */
  private record Archived(String file, Place place) {}

  private enum Place {
    /** It is stored here, or an alert has said why it cannot be. */
    SETTLED,
    ELSEWHERE,
    /** Not here; but it was archived before the first look, perhaps by another tool. */
    BEFORE
  }

  public ArchivingWatch(Sites sites, Repositories repositories, Clock clock) {
    this.sites = sites;
    this.repositories = repositories;
    this.clock = clock;
    this.questions = new SiteQuestions(sites);
  }

  /**
   * Why the WAL of a site's primary does not come to the site.
   *
   * @return what is wrong and what to do; "" when nothing is; null when that is not known
   */
  public @Nullable String trouble(SiteName name) throws IOException {
    SiteConfig site = sites.get(name);
    if (site.wal().mode() != BackupMode.ARCHIVE_COMMAND) {
      return "";
    }
    List<Told<NodeAnswers>> told = questions.ask(name, NodeAnswers::ask);
    for (Told<NodeAnswers> each : told) {
      if (!each.answer().isStandby()) {
        return trouble(site, each.node(), each.answer());
      }
    }
    return told.size() == site.nodes().size() ? "" : null;
  }

  @Nullable String trouble(SiteConfig site, ConnectionInfo node, NodeAnswers told)
      throws IOException {
    if (told.is("archive_mode", "off")) {
      // A look at the server tells that, also to a role that may only replicate.
      return "";
    }
    ArchiverCheck check = new ArchiverCheck(site, told, clock);
    Answer command = check.archiveCommand(told);
    if (command.outcome() == Outcome.FAILED) {
      String file = String.valueOf(told.text("archived_wal"));
      seen.put(new Archiver(site.name(), node), new Archived(file, Place.SETTLED));
      return text(node, command);
    }
    if (!check.seesWal()) {
      // Where pg_wal can be seen, what waits in it is another alert.
      Answer archiver = check.archiver(told);
      if (archiver.outcome() == Outcome.FAILED) {
        return text(node, archiver);
      }
    }
    return archived(site, node, told);
  }

  private @Nullable String archived(SiteConfig site, ConnectionInfo node, NodeAnswers told) {
    StoredWalCheck check = new StoredWalCheck(site, told, true);
    String file = check.file();
    if (file == null) {
      return "";
    }
    Archiver archiver = new Archiver(site.name(), node);
    Archived before = seen.get(archiver);
    if (before == null || !before.file().equals(file) || before.place() != Place.SETTLED) {
      try {
        boolean stored = check.isStored(repositories.of(site.name()));
        before = new Archived(file, stored ? Place.SETTLED : missing(file, before));
      } catch (IOException e) {
        LOG.debug("Site {}: it is not known whether {} is stored: {}", site.name(), file, e);
        return null;
      }
      seen.put(archiver, before);
    }
    return switch (before.place()) {
      case SETTLED -> "";
      case BEFORE -> null;
      case ELSEWHERE -> text(node, check.answer(false));
    };
  }

  private static Place missing(String file, @Nullable Archived before) {
    if (before == null) {
      return Place.BEFORE;
    }
    return before.file().equals(file) ? before.place() : Place.ELSEWHERE;
  }

  private static String text(ConnectionInfo node, Answer answer) {
    return "on %s: %s\n%s".formatted(node, answer.text(), answer.remedy());
  }
}
