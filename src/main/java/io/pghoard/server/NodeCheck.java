// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import io.pghoard.config.BackupMode;
import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.ClusterIdentity;
import io.pghoard.postgres.ConnectionInfo;
import io.pghoard.postgres.DataDirectory;
import io.pghoard.postgres.MajorVersion;
import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.repository.ForeignClusterException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether one node of a site can be connected to, and base backups of it taken. */
final class NodeCheck {
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");
  private static final int OLDEST_MAJOR = 13;
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration SKEW_TO_MENTION = Duration.ofMinutes(5);
  static final String NOT_ASKED = "the server could not be asked";

  private final SiteConfig site;
  private final ConnectionInfo shown;
  private final Path psql;
  private final @Nullable StoredCluster stored;
  private final Clock clock;
  private @Nullable NodeAnswers answers;
  private @Nullable ServerFacts facts;

  /**
   * A check of one node.
   *
   * @param shown the node without its password
   * @param stored whose the stored objects are, or null when the repository could not be asked
   */
  NodeCheck(
      SiteConfig site,
      ConnectionInfo shown,
      Path psql,
      @Nullable StoredCluster stored,
      Clock clock) {
    this.site = site;
    this.shown = shown;
    this.psql = psql;
    this.stored = stored;
    this.clock = clock;
  }

  /** Makes all checks; whether the server answers. */
  boolean run(Checks checks, ObjectStore store) {
    String database = NodeAnswers.withDatabase(shown).parameters().getOrDefault("dbname", "");
    connection(checks, "connection", database, this::connect);
    connection(checks, "replication connection", "replication", this::connectToReplicate);
    NodeAnswers told = answers;
    if (told == null) {
      Stream.concat(NodeSettings.CHECKS.stream(), Stream.of("tablespaces", "clock"))
          .forEach(name -> checks.unknown(name, NOT_ASKED));
    } else {
      new NodeSettings(told).run(checks);
      checks.check("tablespaces", "", this::tablespaces);
      checks.check("clock", "", () -> clock(told));
    }
    version(checks);
    cluster(checks);
    if (site.wal().mode() != BackupMode.ARCHIVE_COMMAND) {
      streaming(checks, told);
    } else {
      new ArchiverCheck(site, told, clock).run(checks);
      if (told != null && !told.isStandby()) {
        boolean inUse = stored != null && stored.systemIdentifier() != null;
        new StoredWalCheck(site, told, inUse).run(checks, store);
      }
    }
    return told != null;
  }

  private void streaming(Checks checks, @Nullable NodeAnswers told) {
    if (told == null) {
      checks.unknown("wal_level", NOT_ASKED);
    } else {
      checks.check("wal_level", "", () -> ArchiverCheck.walLevel(told));
    }
    Integer major = major();
    if (!site.wal().received()) {
      return;
    }
    if (major == null) {
      checks.unknown("pg_receivewal", NOT_ASKED);
    } else {
      checks.check(
          "pg_receivewal",
          "install PostgreSQL's client programs, or set pg_bin_directory",
          () -> program(ProgramSearch.receiveWal(site, major), major, "pg_receivexlog_path"));
    }
  }

  private void connection(Checks checks, String name, String database, Checks.Question question) {
    ConnectionRemedy remedy = new ConnectionRemedy(shown, database);
    checks.check(
        name,
        "",
        () -> {
          try {
            return question.ask();
          } catch (IOException e) {
            String words = String.valueOf(e.getMessage());
            return Answer.failed(words, remedy.of(words));
          }
        });
  }

  private Answer connect() throws IOException {
    NodeAnswers told = NodeAnswers.ask(psql, shown);
    answers = told;
    return Answer.ok("PostgreSQL %s at %s".formatted(told.text("server_version"), place()));
  }

  private String place() {
    return shown.parameters().getOrDefault("host", "the default socket");
  }

  private Answer connectToReplicate() throws IOException {
    facts = ServerFacts.ask(psql, shown);
    return Answer.ok("allowed");
  }

  private Answer tablespaces() {
    Integer major = major();
    var tablespaces = new TablespaceQuestion(psql, shown, site.dataDirectory()).answer();
    String leftOut = major == null ? "" : TablespaceQuestion.leftOut(tablespaces, major);
    if (!leftOut.isEmpty()) {
      return Answer.failed(
          "pg_basebackup leaves out "
              + leftOut
              + ", a directory in pg_tblspc instead of a link, so every base backup is refused",
          TablespaceQuestion.REMEDY);
    }
    return Answer.ok(
        tablespaces.isEmpty()
            ? "none of its own"
            : tablespaces.size() + ", which are backed up too");
  }

  private Answer clock(NodeAnswers told) {
    Long epoch = told.number("epoch");
    if (epoch == null) {
      return Answer.unknown("the server does not say");
    }
    long apart = Math.abs(epoch - clock.instant().getEpochSecond());
    String text = "the server's clock and this machine's are %d s apart".formatted(apart);
    return apart > SKEW_TO_MENTION.toSeconds()
        ? Answer.warning(text, "synchronize both clocks by NTP")
        : Answer.ok(text);
  }

  private @Nullable Integer major() {
    Long number = answers == null ? null : answers.number("server_version_num");
    if (number != null) {
      return Math.toIntExact(number / 10_000);
    }
    return facts == null ? null : facts.major();
  }

  private void version(Checks checks) {
    Integer major = major();
    if (major == null) {
      checks.unknown("version", NOT_ASKED);
      checks.unknown("pg_basebackup", NOT_ASKED);
      return;
    }
    checks.check("version", "", () -> version(major));
    checks.check(
        "pg_basebackup",
        "install PostgreSQL's client programs, or set pg_bin_directory",
        () -> program(ProgramSearch.baseBackup(site, major), major, "pg_basebackup_path"));
  }

  private static Answer version(int major) {
    if (major < OLDEST_MAJOR) {
      return Answer.failed(
          "PostgreSQL %d is too old".formatted(major),
          "upgrade it to %d or newer".formatted(OLDEST_MAJOR));
    }
    return new MajorVersion(major * 10_000).walMagic() == null
        ? Answer.failed(
            "PostgreSQL %d is newer than this pghoard, which does not know its WAL"
                .formatted(major),
            "install a newer pghoard")
        : Answer.ok("PostgreSQL " + major);
  }

  private static Answer program(Path program, int major, String key) throws IOException {
    String words = RunningProgram.output(program.toString(), List.of("--version"), LIMIT).strip();
    Matcher version = VERSION.matcher(words);
    if (!version.find()) {
      return Answer.failed(program + " says of itself: " + words, "correct or remove " + key);
    }
    return Integer.parseInt(version.group(1)) < major
        ? Answer.failed(
            "%s has version %s, the server %d".formatted(program, version.group(1), major),
            "install the client programs of PostgreSQL %d, or newer ones".formatted(major))
        : Answer.ok("%s, version %s".formatted(program, version.group(1)));
  }

  private void cluster(Checks checks) {
    ServerFacts told = facts;
    if (told == null) {
      checks.unknown("data directory", NOT_ASKED);
      checks.unknown("repository", NOT_ASKED);
      return;
    }
    SystemIdentifier server = told.systemIdentifier();
    Path data = site.dataDirectory();
    if (data != null) {
      dataDirectory(checks, data, server);
    }
    if (stored == null) {
      checks.unknown("repository", "the repository could not be asked");
    } else {
      checks.check("repository", "", () -> sameCluster(told.identity(), stored));
    }
  }

  private static void dataDirectory(Checks checks, Path data, SystemIdentifier server) {
    checks.check(
        "data directory",
        "run this as the user that PostgreSQL runs as, and check pg_data_directory",
        () -> {
          SystemIdentifier here = new DataDirectory(data).systemIdentifier();
          return here.equals(server)
              ? Answer.ok("it is the server's: system identifier " + server)
              : Answer.failed(
                  "%s has the system identifier %s, the server %s: they are different clusters"
                      .formatted(data, here, server),
                  "correct pg_data_directory, or the site's nodes");
        });
  }

  private Answer sameCluster(ClusterIdentity server, StoredCluster known) {
    try {
      known.require(server, "the server is not the site's", new SiteKeys(site.prefix()));
    } catch (ForeignClusterException e) {
      return Answer.failed(String.valueOf(e.getMessage()), e.remedy());
    }
    return known.systemIdentifier() == null
        ? Answer.unknown("nothing stored yet identifies the cluster")
        : Answer.ok(
            "what is stored belongs to this cluster, according to %s".formatted(known.source()));
  }
}
