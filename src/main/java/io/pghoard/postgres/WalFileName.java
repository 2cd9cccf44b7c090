// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The name of a file that PostgreSQL hands to its archiver: a WAL segment, the partial last segment
 * of a timeline, a timeline history file or a backup history file.
 *
 * <p>Source: {@code IsXLogFileName} and its siblings in PostgreSQL's {@code xlog_internal.h}.
 *
 * @param text the name as PostgreSQL writes it
 */
public record WalFileName(String text, Kind kind) {
  /** The four kinds of file. */
  public enum Kind {
    SEGMENT("[0-9A-F]{24}"),
    PARTIAL("[0-9A-F]{24}\\.partial"),
    HISTORY("[0-9A-F]{8}\\.history"),
    BACKUP("[0-9A-F]{24}\\.[0-9A-F]{8}\\.backup");

    private final Pattern pattern;

    Kind(String pattern) {
      this.pattern = Pattern.compile(pattern);
    }
  }

  public static boolean matches(String text) {
    return Arrays.stream(Kind.values()).anyMatch(kind -> kind.pattern.matcher(text).matches());
  }

  public static WalFileName parse(String text) {
    for (Kind kind : Kind.values()) {
      if (kind.pattern.matcher(text).matches()) {
        return new WalFileName(text, kind);
      }
    }
    throw new IllegalArgumentException(
        "not the name of a file that PostgreSQL archives (a segment of 24 upper-case hexadecimal"
            + " digits, .partial, .history or .backup): "
            + text);
  }

  /** The segment that this file is, or is about; a history file has none. */
  public WalSegmentName segment() {
    if (kind == Kind.HISTORY) {
      throw new IllegalStateException("a timeline history file has no segment: " + text);
    }
    return WalSegmentName.parse(text.substring(0, 24));
  }

  /** The timeline that this file is of, unsigned. */
  public int timeline() {
    return Integer.parseUnsignedInt(text.substring(0, 8), 16);
  }

  /** The name of a timeline's history file. */
  public static WalFileName history(int timeline) {
    return new WalFileName("%08X.history".formatted(timeline), Kind.HISTORY);
  }

  @Override
  public String toString() {
    return text;
  }
}
