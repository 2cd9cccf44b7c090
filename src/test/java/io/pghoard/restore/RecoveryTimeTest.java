// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryTimeTest {
  @ParameterizedTest
  @CsvSource({
    "2026-01-31T17:30:00Z,          2026-01-31T17:30:00Z",
    "2026-01-31 17:30:00+00,        2026-01-31T17:30:00Z",
    "2026-01-31 17:30:00.25+02,     2026-01-31T15:30:00.250Z",
    "2026-01-31 17:30:00.123456-03:30, 2026-01-31T21:00:00.123456Z",
    "2026-01-31 17:30:00 +0530,     2026-01-31T12:00:00Z",
    "2026-01-31 17:30 UTC,          2026-01-31T17:30:00Z",
    "2026-01-31T17:30:00 GMT,       2026-01-31T17:30:00Z",
  })
  void parse_isoAndPostgreSqlForms(String text, Instant time) {
    assertThat(RecoveryTime.parse("time", text)).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-31 17:30:00",
        "2026-01-31T17:30",
        "2026-01-31 17:30:00 EST",
        "2026-10-25 02:30:00 Europe/Helsinki",
        "2026-01-31 17:30:00+25:00",
        "2026-02-30 17:30:00Z",
        "2026-01-31 24:30:00Z",
        "2026-01-31",
        "yesterday",
        ""
      })
  void parse_refusesWhatCouldMeanSeveralMoments(String text) {
    assertThatThrownBy(() -> RecoveryTime.parse("time", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\"")
        .hasMessageContaining("2026-01-31 17:30:00+00:00");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T17:30:00Z,         2026-01-31 17:30:00+00",
    "2026-01-31T17:30:00.25Z,      2026-01-31 17:30:00.25+00",
    "2026-01-31T17:30:00.123456Z,  2026-01-31 17:30:00.123456+00",
  })
  void format_isPostgreSqlsInUtc(Instant time, String text) {
    assertThat(RecoveryTime.format(time)).isEqualTo(text);
    assertThat(RecoveryTime.parse("time", text)).isEqualTo(time);
  }
}
