// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class PythonTimeTest {
  private static final Instant TIME = Instant.parse("2026-11-22T09:55:04.243646Z");

  @Test
  void time_isWrittenAsPythonDoes() {
    assertThat(PythonTime.iso(TIME)).isEqualTo("2026-11-22T09:55:04.243646+00:00");
    assertThat(PythonTime.str(TIME)).isEqualTo("2026-11-22 09:55:04.243646+00:00");
    assertThat(PythonTime.iso(Instant.parse("2026-11-22T09:55:00Z")))
        .isEqualTo("2026-11-22T09:55:00+00:00");
  }

  @Test
  void time_isReadInEveryForm() {
    assertThat(PythonTime.parse("2026-11-22 09:55:04.243646+00:00")).isEqualTo(TIME);
    assertThat(PythonTime.parse("2026-11-22T09:55:04.243646Z")).isEqualTo(TIME);
    assertThat(PythonTime.parse("2026-11-22T09:55:04.243646")).isEqualTo(TIME);
    assertThat(PythonTime.parse("2026-11-22T11:55:04.243646+02:00")).isEqualTo(TIME);
  }

  @Test
  void parse_rejects() {
    assertThatThrownBy(() -> PythonTime.parse("today")).isInstanceOf(DateTimeException.class);
  }
}
