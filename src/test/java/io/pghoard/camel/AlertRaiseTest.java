// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertRaiseTest {
  @Test
  void raisedTwice_keepsTheFirstMoment_andSaysTheLastThing(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      service.raise("archive_conflict", "first text");
      Path file = home.resolve("archive_conflict");
      String since = Files.readAllLines(file).get(1);
      assertThat(since).startsWith("since: ");
      service.raise("archive_conflict", "second text,\nwith ${braces}\nsite: of nobody");
      assertThat(Files.readString(file))
          .startsWith("site: main\n" + since + "\n")
          .contains("  second text,\n  with ${braces}\n  site: of nobody\n")
          .doesNotContain("first text");
    }
  }
}
