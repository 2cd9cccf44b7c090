// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BackupGridTest {
  @ParameterizedTest
  @CsvSource({
    "24, 2026-11-22T03:29:59Z, 2026-11-21T03:30:00Z",
    "24, 2026-11-22T03:30:00Z, 2026-11-22T03:30:00Z",
    "24, 2026-11-22T23:00:00Z, 2026-11-22T03:30:00Z",
    "6, 2026-11-22T09:29:59Z, 2026-11-22T03:30:00Z",
    "6, 2026-11-22T09:30:00Z, 2026-11-22T09:30:00Z",
    "6, 2026-11-22T03:00:00Z, 2026-11-21T21:30:00Z",
    "48, 2026-11-22T12:00:00Z, 2026-11-21T03:30:00Z",
    "48, 2026-11-23T12:00:00Z, 2026-11-23T03:30:00Z",
    "48, 2026-11-24T12:00:00Z, 2026-11-23T03:30:00Z",
  })
  void slot_isTheLastPointOfTheGrid(int hours, Instant time, Instant slot) {
    BackupGrid grid = new BackupGrid(LocalTime.of(3, 30), Duration.ofHours(hours));
    assertThat(grid.slot(time)).isEqualTo(slot);
  }
}
