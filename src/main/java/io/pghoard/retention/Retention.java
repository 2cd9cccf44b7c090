// SPDX-License-Identifier: Apache-2.0
package io.pghoard.retention;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.recovery.TimelineTree;
import io.pghoard.recovery.TimelineTrees;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.Catalogue.Preservation;
import io.pghoard.repository.DurableText;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredClusters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Plans what may go from the repository: old base backups, and the WAL that none needs any more.
 *
 * <p>Base backups of one cluster alone count: while those of two are stored, nothing goes.
 *
 * <p>Nothing goes because something is not listed: without a base backup nothing, and no WAL while
 * there is a base backup that cannot be understood. Chunks without a main object may belong to a
 * backup that is being taken; they are not retention's.
 */
public final class Retention {
  /** As far as the clocks of the machines may be apart that ask for a base backup to be kept. */
  private static final Duration ENDED = Duration.ofDays(2);

  private final Sites sites;
  private final Repositories repositories;
  private final Clock clock;
  private final TimelineTrees trees = new TimelineTrees();
  private final Map<SiteName, List<String>> told = new ConcurrentHashMap<>();

  public Retention(Sites sites, Repositories repositories, Clock clock) {
    this.sites = sites;
    this.repositories = repositories;
    this.clock = clock;
  }

  /**
   * Plans for one site by its configuration.
   *
   * @throws IOException when the repository cannot be read; then nothing may go
   */
  public RetentionPlan plan(SiteName name) throws IOException {
    RetentionPlan plan = planned(name);
    // It is planned every few minutes; a note that stays true is told once.
    return plan.notes().equals(told.put(name, plan.notes()))
        ? new RetentionPlan(plan.deletions(), List.of(), plan.trouble(), plan.undecided())
        : plan;
  }

  private RetentionPlan planned(SiteName name) throws IOException {
    SiteConfig site = sites.get(name);
    if (!site.active()) {
      return RetentionPlan.nothing("site %s is not active: nothing is deleted".formatted(name));
    }
    if (sites.config().inMaintenance()) {
      return RetentionPlan.nothing("pghoard is in maintenance mode: nothing is deleted");
    }
    return plan(site, repositories.of(name), new SiteKeys(site.prefix()));
  }

  private RetentionPlan plan(SiteConfig site, ObjectStore store, SiteKeys keys) throws IOException {
    Catalogue catalogue = new Catalogue(store, keys);
    Catalogue.Listing listing = catalogue.listing();
    if (listing.readable().isEmpty()) {
      return RetentionPlan.nothing("there is no base backup: nothing is deleted");
    }
    KeptBackups backups =
        new KeptBackups(
            listing.readable(),
            restorable(listing, trees.of(site, store), store.keys(keys.chunks())));
    Instant now = clock.instant();
    List<Preservation> preservations = catalogue.preservations();
    String undecided = undecided(site, listing.readable());
    backups.expire(
        undecided == null ? site.baseBackup() : site.baseBackup().keepingAll(),
        now,
        backup ->
            preservations.stream()
                .anyMatch(each -> backup.isCalled(each.backup()) && each.until().isAfter(now)));
    String trouble =
        new StoredClusters(store, keys).trouble(listing.readable(), backups.gone().keySet());
    if (trouble != null) {
      return RetentionPlan.refused(trouble);
    }

    List<String> notes = new ArrayList<>();
    String note = backups.note();
    if (note != null) {
      notes.add(note);
    }
    List<Deletion> deletions = new ArrayList<>();
    for (Map.Entry<BaseBackup, String> gone : backups.gone().entrySet()) {
      addBackup(deletions, gone.getKey(), gone.getValue(), store, keys);
    }
    preservations.stream()
        .filter(each -> each.until().isBefore(now.minus(ENDED)))
        .forEach(each -> deletions.add(new Deletion(each.key(), "this preservation has ended")));
    if (listing.unreadable().isEmpty()) {
      List<ObjectKey> wal = new ArrayList<>(store.keys(keys.wal()));
      wal.addAll(store.keys(keys.historyBreaks()));
      wal.addAll(store.keys(keys.otherWal()));
      addWal(deletions, backups.kept(), wal, keys);
    } else {
      listing
          .unreadable()
          .forEach(
              (key, why) ->
                  notes.add(
                      "no WAL is deleted, because it is unknown what %s needs: %s"
                          .formatted(key, why)));
    }
    if (undecided != null) {
      notes.add(undecided.replace("\n", ": "));
    }
    return new RetentionPlan(deletions, notes, null, undecided);
  }

  /**
   * Why no base backup is deleted because there are so many, or null: nobody has said how many are
   * to be kept, and the default would delete what this daemon has not stored.
   */
  private @Nullable String undecided(SiteConfig site, List<BaseBackup> stored) throws IOException {
    if (!site.baseBackup().countIsDefault() || stored.size() < 2) {
      return null;
    }
    Path file = sites.config().backupLocation().resolve("pghoard_id");
    String id = Files.exists(file) ? new DurableText(file).read().strip() : "";
    long others =
        stored.stream()
            .filter(backup -> !id.equals(backup.object().metadata().get(BaseBackup.TAKEN_BY)))
            .count();
    return others == 0
        ? null
        : "%d base backups are stored, %d of which this daemon has not taken, and pghoard.json does not say how many to keep (the default of basebackup_count is 1), so that all are kept\nset basebackup_count of the site; null keeps all"
            .formatted(stored.size(), others);
  }

  /**
   * Those whose own WAL is stored, with the history of their timeline and at least one of their
   * chunks, and of which nothing is marked as damaged: what names alone can tell.
   */
  private static Set<BaseBackup> restorable(
      Catalogue.Listing listing, TimelineTree tree, List<ObjectKey> chunks) {
    Set<String> withChunks =
        chunks.stream().map(key -> folder(key.text())).collect(Collectors.toSet());
    Set<BaseBackup> restorable = new HashSet<>();
    for (BaseBackup backup : listing.readable()) {
      TimelineHistory way = tree.way(backup.endOfWal().timeline());
      boolean chunked = backup.format() == BaseBackup.Format.CHUNKS;
      if (way != null
          && tree.leadsFrom(backup, way)
          && tree.reach(backup, way).covers(backup.endOfWal(), tree.wal().segmentSize())
          && (!chunked || withChunks.contains(backup.name()))
          && !listing.isDamaged(backup)) {
        restorable.add(backup);
      }
    }
    return restorable;
  }

  /** The part before the last one. */
  private static String folder(String key) {
    String above = key.substring(0, key.lastIndexOf('/'));
    return above.substring(above.lastIndexOf('/') + 1);
  }

  /** The main object first: without it the backup is not listed, and nobody misses its chunks. */
  private static void addBackup(
      List<Deletion> deletions, BaseBackup backup, String why, ObjectStore store, SiteKeys keys)
      throws IOException {
    deletions.add(
        new Deletion(
            backup.key(),
            "base backup %s, started at %s: %s".formatted(backup.name(), backup.startTime(), why)));
    String reason = "a chunk of base backup %s, which is deleted".formatted(backup.name());
    for (String folder : List.of(keys.chunks(backup.name()), keys.deltaChunks(backup.name()))) {
      for (ObjectKey chunk : store.keys(folder)) {
        deletions.add(new Deletion(chunk, reason));
      }
    }
  }

  /**
   * WAL before the first segment of every kept backup, on any timeline. History files stay, they
   * are small and tell how timelines hang together. A timeline that is newer than all backups stays
   * too: the first backup on it may be under way, and after a restore to an earlier time its WAL
   * begins before that of the others. What marks a segment goes when the segment does, after it.
   */
  private static void addWal(
      List<Deletion> deletions, List<BaseBackup> kept, List<ObjectKey> stored, SiteKeys keys) {
    BaseBackup first =
        kept.stream()
            .min(Comparator.comparing(backup -> position(backup.startSegment())))
            .orElseThrow();
    int newestTimeline =
        kept.stream()
            .map(backup -> backup.startSegment().timeline())
            .max(Integer::compareUnsigned)
            .orElseThrow();
    String position = position(first.startSegment());
    String reason =
        "no base backup needs WAL from before %s, where %s starts"
            .formatted(first.startSegment(), first.name());
    for (ObjectKey key : stored) {
      WalFileName file = keys.walFile(key);
      if (file != null
          && file.kind() != WalFileName.Kind.HISTORY
          && position(file.segment()).compareTo(position) < 0
          && Integer.compareUnsigned(file.segment().timeline(), newestTimeline) <= 0) {
        deletions.add(new Deletion(key, reason));
      }
    }
  }

  /** The log and segment digits, which sort as positions do whatever the timeline is. */
  private static String position(WalSegmentName segment) {
    return segment.toString().substring(8);
  }
}
