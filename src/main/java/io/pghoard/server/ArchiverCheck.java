// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.DataDirectory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a server hands its WAL to this site.
 *
 * @param told what the server says, or null when it could not be asked
 */
record ArchiverCheck(SiteConfig site, @Nullable NodeAnswers told, Clock clock) {
  private static final Pattern PROGRAM =
      Pattern.compile("pghoard_archive_?command|pghoard_postgres_command");
  private static final Pattern SITE = Pattern.compile("--site[= ]\\s*[\"']?([A-Za-z0-9._-]+)");

  /** What PostgreSQL's documentation and others use to turn archiving off without a restart. */
  private static final Pattern NOTHING =
      Pattern.compile("\\s*((/usr)?/bin/)?true\\b[^;&|]*|\\s*:(\\s[^;&|]*)?|\\s*exit\\s+0\\s*");

  /** More than a burst of a busy server leaves for a moment. */
  private static final int MANY_WAIT = 64;

  /** PostgreSQL tries three times in a row, and again after a minute. */
  private static final Duration PASSING = Duration.ofMinutes(2);

  private static final Duration TRIED_AGAIN = Duration.ofMinutes(3);
  private static final Duration LONG = Duration.ofMinutes(15);

  void run(Checks checks) {
    NodeAnswers answers = told;
    if (answers == null) {
      List.of("wal_level", "archive_mode", "archive_command", "archiver")
          .forEach(name -> checks.unknown(name, "the server could not be asked"));
    } else {
      checks.check("wal_level", "", () -> walLevel(answers));
      checks.check("archive_mode", "", () -> archiveMode(answers));
      checks.check("archive_command", "", () -> archiveCommand(answers));
      checks.check("archiver", "", () -> archiver(answers));
    }
    checks.check("WAL that waits", "run this as the user that PostgreSQL runs as", this::waiting);
  }

  static Answer walLevel(NodeAnswers answers) {
    String level = String.valueOf(answers.text("wal_level"));
    return level.equals("minimal")
        ? Answer.failed(level, "set wal_level = replica in postgresql.conf, and restart PostgreSQL")
        : Answer.ok(level);
  }

  private static Answer archiveMode(NodeAnswers answers) {
    String mode = String.valueOf(answers.text("archive_mode"));
    return mode.equals("off")
        ? Answer.failed(mode, ServerFacts.ARCHIVE_MODE_REMEDY)
        : Answer.ok(mode);
  }

  /** Whether archive_command hands WAL to this site. */
  Answer archiveCommand(NodeAnswers answers) {
    String remedy =
        "set archive_command = 'pghoard_archivecommand --site %s --xlog %%f', with the program's"
                .formatted(site.name())
            + " whole path, and reload";
    String library = answers.text("archive_library");
    if (library != null) {
      return Answer.failed(
          "archive_library is %s, so archive_command is not used".formatted(library),
          "set archive_library = '' and restart PostgreSQL; then " + remedy);
    }
    String command = answers.text("archive_command");
    if (command == null) {
      return Answer.failed(
          "archive_command is empty: the server keeps all WAL in pg_wal, until its disk is full",
          remedy);
    }
    if (command.equals("(disabled)")) {
      // Source: show_archive_command in PostgreSQL's xlog.c.
      return Answer.failed(
          "archive_command is not in use, as archive_mode is off: the server shows (disabled)",
          "first mend archive_mode; then " + remedy);
    }
    if (NOTHING.matcher(command).matches()) {
      return Answer.failed(
          "archive_command is %s, which reports success and stores nothing: the server removes its WAL, and it is nowhere"
              .formatted(command),
          remedy);
    }
    if (!PROGRAM.matcher(command).find()) {
      return Answer.warning(
          "archive_command does not call pghoard_archivecommand:  " + command, remedy);
    }
    Matcher named = SITE.matcher(command);
    if (!named.find()) {
      return Answer.warning("archive_command does not name a site:  " + command, remedy);
    }
    if (!named.group(1).equals(site.name().text())) {
      return Answer.failed(
          "archive_command names another site, %s:  %s".formatted(named.group(1), command), remedy);
    }
    return command.contains("%f") || command.contains("%p")
        ? Answer.ok(command)
        : Answer.failed("archive_command does not pass the file name, %f:  " + command, remedy);
  }

  /** Whether the server's archiver succeeds. */
  Answer archiver(NodeAnswers answers) throws IOException {
    Long archived = answers.number("archived_epoch");
    Long failed = answers.number("failed_epoch");
    if (failed != null && (archived == null || failed >= archived)) {
      String text =
          "it failed %s times, the last time %s ago with %s"
              .formatted(answers.text("failed_count"), ago(failed), answers.text("failed_wal"));
      String remedy = "see the logs of PostgreSQL and of the daemon; PostgreSQL retries";
      return fails(answers, failed) ? Answer.failed(text, remedy) : Answer.warning(text, remedy);
    }
    if (archived == null) {
      return answers.isStandby()
          ? Answer.ok("a standby archives nothing until it is promoted")
          : Answer.warning(
              "nothing has been archived yet", "run SELECT pg_switch_wal(), and check again");
    }
    return Answer.ok(
        "the last file was %s, %s ago".formatted(answers.text("archived_wal"), ago(archived)));
  }

  /**
   * Whether a failure is more than one that passes, as PostgreSQL tries again after a second or a
   * minute: something has waited for longer, or, where pg_wal cannot be seen, it has tried again
   * just now.
   */
  private boolean fails(NodeAnswers answers, long failed) throws IOException {
    if (answers.isStandby()) {
      return false;
    }
    Ready ready = ready();
    if (ready == null) {
      Long now = answers.number("epoch");
      return now != null && now - failed <= TRIED_AGAIN.toSeconds();
    }
    return ready.oldest() != null && waited(ready.oldest()).compareTo(PASSING) > 0;
  }

  private Duration waited(Instant since) {
    return Duration.between(since, clock.instant());
  }

  private String ago(long epoch) {
    Duration ago = Duration.ofSeconds(Math.max(0, clock.instant().getEpochSecond() - epoch));
    return ago.toHours() > 0
        ? "%d h %d min".formatted(ago.toHours(), ago.toMinutesPart())
        : "%d min %d s".formatted(ago.toMinutes(), ago.toSecondsPart());
  }

  private Answer waiting() throws IOException {
    Ready ready = ready();
    if (ready == null) {
      return Answer.unknown("there is no " + status());
    }
    String text = ready.files() + " files wait in pg_wal to be archived";
    String remedy = "check that the daemon runs, and look at the archiver's failure";
    Instant oldest = ready.oldest();
    boolean standby = told != null && told.isStandby();
    if (oldest != null && !standby && waited(oldest).compareTo(LONG) > 0) {
      return Answer.failed(text + ", the first since " + oldest, remedy);
    }
    return ready.files() > MANY_WAIT ? Answer.warning(text, remedy) : Answer.ok(text);
  }

  private Path status() throws IOException {
    return new DataDirectory(site.localDataDirectory()).wal().resolve("archive_status");
  }

  /** The files that wait, and since when the first does. */
  private record Ready(int files, @Nullable Instant oldest) {}

  /** Whether the server's pg_wal is on this machine. */
  boolean seesWal() throws IOException {
    return site.dataDirectory() != null && Files.isDirectory(status());
  }

  /** Null where the server's pg_wal is not on this machine. */
  private @Nullable Ready ready() throws IOException {
    if (!seesWal()) {
      return null;
    }
    int count = 0;
    Instant oldest = null;
    try (DirectoryStream<Path> ready = Files.newDirectoryStream(status(), "*.ready")) {
      for (Path file : ready) {
        try {
          Instant since = Files.getLastModifiedTime(file).toInstant();
          oldest = oldest == null || since.isBefore(oldest) ? since : oldest;
          count++;
        } catch (NoSuchFileException e) {
          // Archived meanwhile.
        }
      }
    }
    return new Ready(count, oldest);
  }
}
