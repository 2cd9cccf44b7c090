// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlFileTest {
  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15, 16, 17, 18})
  void requiredSettings_areFoundInEachVersion(int major) throws IOException {
    // The used part of the files of clusters with these settings.
    byte[] file = Files.readAllBytes(Path.of("src/test/resources/pg_control", major + ".bin"));
    assertThat(new ControlFile(file).requiredSettings())
        .isEqualTo(
            Map.of(
                "max_connections", 77,
                "max_worker_processes", 9,
                "max_wal_senders", 11,
                "max_prepared_transactions", 3,
                "max_locks_per_transaction", 66));
  }

  @Test
  void catalogVersion_isThatOfTheTablespacesDirectories() throws IOException {
    byte[] file = Files.readAllBytes(Path.of("src/test/resources/pg_control/15.bin"));
    assertThat(new ControlFile(file).catalogVersion()).isEqualTo(202209061);
  }

  @Test
  void requiredSettings_ofAnotherLayout_areUnknown() {
    assertThat(new ControlFile(new byte[8192]).requiredSettings()).isEmpty();
    assertThat(new ControlFile(new byte[0]).requiredSettings()).isEmpty();
  }
}
