// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of pg_basebackup's progress: {@code 195980/329389 kB (59%), 0/1 tablespace}.
 *
 * @param doneBytes that have arrived
 * @param totalBytes as the server estimated them when the backup started
 */
public record Progress(long doneBytes, long totalBytes) {
  private static final Pattern LINE =
      Pattern.compile("\\s*(\\d{1,15})/(\\d{1,15}) kB \\(\\d+%\\), \\d+/\\d+ tablespaces?.*");

  static boolean matches(String line) {
    return LINE.matcher(line).matches();
  }

  public static Optional<Progress> parse(String line) {
    Matcher matcher = LINE.matcher(line);
    return matcher.matches()
        ? Optional.of(
            new Progress(
                Long.parseLong(matcher.group(1)) * 1024, Long.parseLong(matcher.group(2)) * 1024))
        : Optional.empty();
  }
}
