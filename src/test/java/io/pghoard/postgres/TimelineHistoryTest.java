// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimelineHistoryTest {
  private static final String TEXT =
      "1\t0/E25040\tno recovery target specified\n\n# by hand\n2\t1/A0\tbefore 2026-01-01\n";

  @Test
  void parse_readsEachSwitch() {
    assertThat(TimelineHistory.parse(3, TEXT).switches())
        .containsExactly(
            new TimelineHistory.Switch(1, Lsn.parse("0/E25040"), "no recovery target specified"),
            new TimelineHistory.Switch(2, Lsn.parse("1/A0"), "before 2026-01-01"));
  }

  @Test
  void timelineAt_isTheOneThatWasNotLeftYet() {
    TimelineHistory history = TimelineHistory.parse(3, TEXT);
    assertThat(history.timelineAt(Lsn.parse("0/E2503F"))).isEqualTo(1);
    assertThat(history.timelineAt(Lsn.parse("0/E25040"))).isEqualTo(2);
    assertThat(history.timelineAt(Lsn.parse("1/A0"))).isEqualTo(3);
    assertThat(history.begin()).isEqualTo(Lsn.parse("1/A0"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# only a comment\n",
        "1\n",
        "1\t0-E25040\tx\n",
        "x\t0/E25040\tx\n",
        "3\t0/1\titself\n",
        "2\t0/1\tx\n1\t0/2\tx\n",
        "2\t0/1\tx\n2\t0/2\tx\n",
        "9999999999\t0/1\tx\n"
      })
  void parse_rejects(String text) {
    assertThatThrownBy(() -> TimelineHistory.parse(3, text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not ");
  }

  @Test
  void parse_takesAReasonInAnyEncoding() {
    // A restore point whose name is in Windows-1252, with a line separator of that, and a CR.
    byte[] file =
        "1\t0/3000000\tat restore point \"caf\u00e9\u0085\r2\t0/1\"\n".getBytes(ISO_8859_1);
    TimelineHistory history = TimelineHistory.parse(2, PostgresText.of(file));
    assertThat(history.begin()).isEqualTo(Lsn.parse("0/3000000"));
    assertThat(history.switches()).hasSize(1);
  }
}
