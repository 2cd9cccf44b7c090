// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.PostgresText;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;

/**
 * The shell script in a restored cluster that the server runs when its recovery has ended: it takes
 * the settings of that recovery out of postgresql.auto.conf, so that no clone of the cluster comes
 * to the same end.
 *
 * <p>It is in the data directory itself, so that it needs no pghoard on the machine.
 */
final class RecoveryEndScript {
  /** In the data directory, which is the directory in which the server runs its commands. */
  static final String NAME = "pghoard_recovery_end.sh";

  static final String COMMAND = "/bin/sh " + NAME;

  private RecoveryEndScript() {}

  /**
   * The text of the script.
   *
   * @param lines what it takes out, each a whole line
   */
  static String text(List<String> lines) throws IOException {
    try (InputStream script =
        Objects.requireNonNull(RecoveryEndScript.class.getResourceAsStream(NAME))) {
      StringBuilder text = new StringBuilder(PostgresText.of(script.readAllBytes()));
      lines.forEach(line -> text.append("#=").append(line).append('\n'));
      return text.toString();
    }
  }
}
