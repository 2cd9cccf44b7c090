// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.restore.RestoreProgress.Phase;
import io.pghoard.restore.RestoreProgress.Snapshot;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestoreDisplayTest {
  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text);

  private static Snapshot at(Phase phase, long done) {
    return new Snapshot(
        phase, "a", done, 4096, 1, 4, done / 40.96, Instant.EPOCH, null, List.of(), null);
  }

  @Test
  void bar_isRedrawnInPlace() {
    RestoreDisplay display = RestoreDisplay.asBar(out);
    display.show(at(Phase.PLANNING, 0));
    assertThat(text.toString()).isEmpty();
    display.show(at(Phase.WRITING, 1024));
    assertThat(text.toString())
        .startsWith("\r[########----------------------]  25.0%  1.0 KiB of 4.0 KiB")
        .contains("ETA");
    display.show(at(Phase.DONE, 4096));
    display.end();
    assertThat(text.toString()).contains("[##############################] 100.0%").endsWith("\n");
  }

  @Test
  void lines_elsewhere() {
    RestoreDisplay display = RestoreDisplay.of(out, true);
    display.show(at(Phase.WRITING, 1024));
    display.show(at(Phase.WRITING, 2048));
    display.show(at(Phase.DONE, 4096));
    assertThat(text.toString().lines()).hasSize(2);
  }
}
