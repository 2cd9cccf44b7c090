// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import io.pghoard.repository.BaseBackup;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Base backups as a table for a terminal, the oldest first. */
record BackupTable(List<BaseBackup> backups) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final List<String> HEAD =
      List.of("NAME", "START (UTC)", "END (UTC)", "SIZE", "STORED", "WAL FROM", "PG");

  BackupTable {
    backups = List.copyOf(backups);
  }

  /**
   * The table, or a sentence when there is nothing to show.
   *
   * @param verbose all metadata after each line
   */
  String text(boolean verbose) {
    if (backups.isEmpty()) {
      return "There are no base backups.\n";
    }
    List<List<String>> rows = new ArrayList<>(List.of(HEAD));
    backups.forEach(backup -> rows.add(row(backup)));
    TextTable table = new TextTable(rows);
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < rows.size(); row++) {
      text.append(table.line(row));
      if (verbose && row > 0) {
        new TreeMap<>(backups.get(row - 1).object().metadata())
            .forEach(
                (word, value) ->
                    text.append("    ").append(word).append(": ").append(value).append('\n'));
      }
    }
    return text.toString();
  }

  /** The line that tells of a damaged base backup. */
  static String damaged(String name, List<?> objects) {
    return "%s is damaged and cannot be restored: %d of its objects, the first is %s"
        .formatted(name, objects.size(), objects.get(0));
  }

  private static List<String> row(BaseBackup backup) {
    return List.of(
        backup.name(),
        TIME.format(backup.startTime()),
        time(backup.endTime()),
        ByteSize.text(backup.plainSize()),
        ByteSize.text(backup.storedSize()),
        backup.startSegment().toString(),
        Objects.requireNonNullElse(backup.serverVersion(), "-"));
  }

  private static String time(@Nullable Instant time) {
    return time == null ? "-" : TIME.format(time);
  }
}
