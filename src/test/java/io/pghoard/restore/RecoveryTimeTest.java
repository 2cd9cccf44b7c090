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
    "2026-11-22 14:30 Europe/Berlin, 2026-11-22T13:30:00Z",
    "2026-11-22 14:30:00.5 Europe/Berlin, 2026-11-22T13:30:00.500Z",
    "2026-07-22T14:30 Europe/Berlin, 2026-07-22T12:30:00Z",
    "2026-11-22 14:30 America/Argentina/Buenos_Aires, 2026-11-22T17:30:00Z",
    "2026-11-22 14:30 Asia/Kathmandu, 2026-11-22T08:45:00Z",
    "2026-11-22 14:30 Etc/UTC,      2026-11-22T14:30:00Z",
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
        "2026-01-31 17:30:00 SystemV/EST5",
        "2026-01-31 17:30:00 Etc/GMT+5",
        "2026-01-31 17:30:00 CET",
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
    "2026-10-25 02:30 Europe/Berlin, 2026-10-25 02:30:00+02:00, 2026-10-25 02:30:00+01:00",
    "2026-10-25 03:59:59.25 Europe/Helsinki, 2026-10-25 03:59:59.25+03:00, "
        + "2026-10-25 03:59:59.25+02:00",
    // Half an hour, on Lord Howe Island, and to UTC itself.
    "2026-04-05 01:45 Australia/Lord_Howe, 2026-04-05 01:45:00+11:00, 2026-04-05 01:45:00+10:30",
    "2026-10-25 01:30 Europe/London, 2026-10-25 01:30:00+01:00, 2026-10-25 01:30:00+00:00",
  })
  void hourThatOccursTwice_isRefusedWithBothMeanings(String text, String first, String second) {
    assertThatThrownBy(() -> RecoveryTime.parse("time", text))
        .hasMessageContaining("\"" + first + "\" for the first")
        .hasMessageContaining("\"" + second + "\" for the second");
    assertThat(RecoveryTime.parse("time", first)).isBefore(RecoveryTime.parse("time", second));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-29 02:00 Europe/Berlin, 2026-03-29 02:00:00+01:00, 2026-03-29 03:00:00+02:00",
    "2026-03-29 02:59:59 Europe/Berlin, 2026-03-29 02:00:00+01:00, 2026-03-29 03:00:00+02:00",
    // A whole day, when Samoa crossed the date line.
    "2011-12-30 12:00 Pacific/Apia, 2011-12-30 00:00:00-10:00, 2011-12-31 00:00:00+14:00",
  })
  void hourThatDoesNotExist_isRefusedWithItsNeighbours(String text, String before, String after) {
    assertThatThrownBy(() -> RecoveryTime.parse("time", text))
        .hasMessageContaining("\"" + before + "\" to \"" + after + "\"");
    assertThat(RecoveryTime.parse("time", before)).isEqualTo(RecoveryTime.parse("time", after));
  }

  @ParameterizedTest
  @CsvSource({
    "Europe/Berln,   Europe/Berlin",
    "europe/berlin,  Europe/Berlin",
    "Berlin,         Europe/Berlin",
    "Europe/New York, America/New_York",
    "Louisville,     America/Kentucky/Louisville or America/Louisville",
  })
  void unknownZone_isRefusedWithNearNames(String zone, String near) {
    assertThatThrownBy(() -> RecoveryTime.parse("time", "2026-01-31 17:30 " + zone))
        .hasMessageContaining("\"" + zone + "\"")
        .hasMessageContaining("perhaps " + near);
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
