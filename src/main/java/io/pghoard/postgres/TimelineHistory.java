// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A timeline history file: which timelines came before one, and where each was left.
 *
 * <p>A line is {@code parent<TAB>switch point<TAB>reason}, oldest first; lines that begin with #
 * and empty ones mean nothing. Source: {@code writeTimeLineHistory} and {@code readTimeLineHistory}
 * in PostgreSQL's {@code timeline.c}.
 *
 * @param timeline the timeline whose history this is, unsigned
 */
public record TimelineHistory(int timeline, List<Switch> switches) {
  private static final Pattern LINE =
      Pattern.compile("\\s*([0-9]{1,10})\\s+(\\S+)(?:\\s+(.*))?", Pattern.DOTALL);

  /**
   * The end of one timeline's part.
   *
   * @param timeline the one that was left, unsigned
   * @param switchPoint where the next one begins
   * @param reason as the server wrote it
   */
  public record Switch(int timeline, Lsn switchPoint, String reason) {}

  public TimelineHistory {
    switches = List.copyOf(switches);
  }

  /**
   * Reads the text of the file of {@code timeline}.
   *
   * @param text as {@link PostgresText} gives it
   * @throws IllegalArgumentException when the text is not a history of that timeline
   */
  public static TimelineHistory parse(int timeline, String text) {
    List<Switch> switches = new ArrayList<>();
    long last = 0;
    // A reason may hold any byte but the line feed that ends it.
    for (String line : text.split("\n", -1)) {
      if (line.isBlank() || line.stripLeading().startsWith("#")) {
        continue;
      }
      Switch next = parseLine(line);
      long parent = Integer.toUnsignedLong(next.timeline());
      if (parent <= last || parent >= Integer.toUnsignedLong(timeline)) {
        throw new IllegalArgumentException(
            "not the history of timeline %s: timeline %d is out of order in it"
                .formatted(Integer.toUnsignedString(timeline), parent));
      }
      last = parent;
      switches.add(next);
    }
    if (switches.isEmpty()) {
      throw new IllegalArgumentException("not a timeline history: it names no timeline");
    }
    return new TimelineHistory(timeline, switches);
  }

  private static Switch parseLine(String line) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "not a line of a timeline history (timeline, switch point, reason): " + line);
    }
    String reason = parts.group(3);
    try {
      return new Switch(
          Integer.parseUnsignedInt(parts.group(1)),
          Lsn.parse(parts.group(2)),
          reason == null ? "" : reason);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a timeline: " + parts.group(1), e);
    }
  }

  /** Where this timeline begins: the last switch point. */
  public Lsn begin() {
    return switches.get(switches.size() - 1).switchPoint();
  }

  /** The timeline to which the byte at {@code lsn} belongs, seen from this timeline. */
  public int timelineAt(Lsn lsn) {
    for (Switch end : switches) {
      if (lsn.compareTo(end.switchPoint()) < 0) {
        return end.timeline();
      }
    }
    return timeline;
  }
}
