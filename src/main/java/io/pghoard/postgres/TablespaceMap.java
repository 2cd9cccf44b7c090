// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import io.pghoard.codec.FileNameBytes;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads a base backup's {@code tablespace_map}: the links in {@code pg_tblspc} at its start, one a
 * line, whether or not the catalogue has them. A tablespace that is a directory there has no line.
 *
 * <pre>
 * 16384 /srv/fast
 * </pre>
 *
 * <p>In a path, a backslash stands before a newline, a carriage return and a backslash. Source: the
 * function read_tablespace_map of xlogrecovery.c.
 */
public final class TablespaceMap {
  private TablespaceMap() {}

  /**
   * The links' targets by the object ids of the tablespaces.
   *
   * @throws IllegalArgumentException when it is no tablespace_map
   */
  public static Map<Long, String> parse(byte[] content) {
    Map<Long, String> locations = new TreeMap<>();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int i = 0; i < content.length; i++) {
      byte b = content[i];
      if (b == '\\' && i + 1 < content.length && isEscaped(content[i + 1])) {
        line.write(content[++i]);
      } else if (b == '\n' || b == '\r') {
        add(locations, line);
      } else {
        line.write(b);
      }
    }
    add(locations, line);
    return locations;
  }

  private static boolean isEscaped(byte b) {
    return b == '\\' || b == '\n' || b == '\r';
  }

  private static void add(Map<Long, String> locations, ByteArrayOutputStream line) {
    String text = FileNameBytes.decode(line.toByteArray());
    line.reset();
    if (text.isEmpty()) {
      return;
    }
    int blank = text.indexOf(' ');
    if (blank == -1 || !text.substring(0, blank).matches("[0-9]{1,10}")) {
      throw new IllegalArgumentException(
          "a line of tablespace_map is not understood: " + FileNameBytes.shown(text));
    }
    locations.put(Long.parseLong(text.substring(0, blank)), text.substring(blank + 1));
  }
}
