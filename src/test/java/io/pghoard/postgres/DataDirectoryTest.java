// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  /** The start of a real global/pg_control of PostgreSQL 15. */
  private static final String CONTROL = "2a2fb6bd67dd026b1405000025770d0c";

  @Test
  void cluster_isReadFromItsFiles(@TempDir Path directory) throws IOException {
    Files.createDirectories(directory.resolve("global"));
    Files.writeString(directory.resolve("PG_VERSION"), "15\n");
    Files.write(directory.resolve("global/pg_control"), HexFormat.of().parseHex(CONTROL));
    DataDirectory cluster = new DataDirectory(directory);
    assertThat(cluster.majorVersion()).hasToString("15");
    assertThat(cluster.systemIdentifier()).hasToString("7710968949645913898");
    assertThat(cluster.controlVersion()).isEqualTo(1300);
  }

  @Test
  void pgControl_thatIsCutOff_isRefused(@TempDir Path directory) throws IOException {
    Files.createDirectories(directory.resolve("global"));
    Files.write(directory.resolve("global/pg_control"), new byte[7]);
    assertThatThrownBy(() -> new DataDirectory(directory).systemIdentifier())
        .hasMessageContaining("is cut off: it has only 7 bytes");
  }

  @Test
  void pgVersion_thatNamesNone_isRefused(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("PG_VERSION"), "fifteen\n");
    assertThatThrownBy(() -> new DataDirectory(directory).majorVersion())
        .hasMessageContaining("names no version");
  }

  @Test
  void wal_ofAnOldCluster_liesInPgXlog(@TempDir Path directory) throws IOException {
    assertThat(new DataDirectory(directory).wal()).isEqualTo(directory.resolve("pg_wal"));
    Files.createDirectory(directory.resolve("pg_xlog"));
    assertThat(new DataDirectory(directory).wal()).isEqualTo(directory.resolve("pg_xlog"));
  }
}
