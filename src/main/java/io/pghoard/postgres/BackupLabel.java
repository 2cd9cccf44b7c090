// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code backup_label} of a base backup: where recovery has to start.
 *
 * <p>Source: {@code do_pg_backup_start} in PostgreSQL's {@code xlog.c}.
 *
 * @param startLsn the redo location of the backup's checkpoint
 * @param startSegment the segment that holds it, the first one that the backup needs
 * @param checkpointLsn the checkpoint record
 * @param startTime when the backup started, to the second
 * @param startTimeline the timeline of all three
 * @param label as the one who took the backup chose it
 * @param fromStandby whether the server was in recovery
 */
public record BackupLabel(
    Lsn startLsn,
    WalSegmentName startSegment,
    Lsn checkpointLsn,
    Instant startTime,
    int startTimeline,
    String label,
    boolean fromStandby) {
  private static final Pattern START =
      Pattern.compile("([0-9A-F]+/[0-9A-F]+) \\(file ([0-9A-F]{24})\\)");
  private static final Pattern TIME =
      Pattern.compile("(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d) (\\S+)");
  private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  /**
   * Parses the text of a backup_label.
   *
   * @throws IllegalArgumentException when it is none, or its time zone has an abbreviation that
   *     only the server understands
   */
  public static BackupLabel parse(String text) {
    return parse(text, null);
  }

  /**
   * Parses the text of a backup_label whose file was written at a known time, which tells what the
   * server's abbreviation of its time zone means: IST is three zones, and +0530 has none.
   */
  public static BackupLabel parse(String text, @Nullable Instant written) {
    Map<String, String> lines = new HashMap<>();
    for (String line : text.split("\n", -1)) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        lines.putIfAbsent(line.substring(0, colon), line.substring(colon + 2).stripTrailing());
      }
    }
    Matcher start = START.matcher(value(lines, "START WAL LOCATION"));
    if (!start.matches()) {
      throw new IllegalArgumentException(
          "not the START WAL LOCATION of a backup_label: " + value(lines, "START WAL LOCATION"));
    }
    WalSegmentName segment = WalSegmentName.parse(start.group(2));
    // Versions before 11 do not write the line.
    String timeline = lines.get("START TIMELINE");
    int startTimeline =
        timeline == null ? segment.timeline() : Integer.parseUnsignedInt(timeline.strip());
    if (startTimeline != segment.timeline()) {
      throw new IllegalArgumentException(
          "the backup_label starts on timeline " + timeline + ", its segment is " + segment);
    }
    return new BackupLabel(
        Lsn.parse(start.group(1)),
        segment,
        Lsn.parse(value(lines, "CHECKPOINT LOCATION")),
        time(value(lines, "START TIME"), written),
        startTimeline,
        lines.getOrDefault("LABEL", ""),
        "standby".equals(lines.get("BACKUP FROM")));
  }

  private static String value(Map<String, String> lines, String key) {
    String value = lines.get(key);
    if (value == null) {
      throw new IllegalArgumentException("the backup_label has no line \"" + key + ": \"");
    }
    return value;
  }

  private static Instant time(String text, @Nullable Instant written) {
    Matcher parts = TIME.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not the START TIME of a backup_label: " + text);
    }
    try {
      LocalDateTime local = LocalDateTime.parse(parts.group(1), LOCAL);
      if (written != null) {
        // Offsets of time zones are whole quarters of an hour.
        double quarters =
            Duration.between(written, local.toInstant(ZoneOffset.UTC)).toSeconds() / 900.0;
        return local.toInstant(ZoneOffset.ofTotalSeconds((int) Math.round(quarters) * 900));
      }
      if (parts.group(2).matches("[+-]\\d\\d(\\d\\d)?")) {
        return local.toInstant(ZoneOffset.of(parts.group(2)));
      }
      return ZonedDateTime.parse(
              text, DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss z", Locale.ENGLISH))
          .toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not the START TIME of a backup_label: " + text, e);
    }
  }
}
