// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.postgres.ConnectionInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrivateConnectionTest {
  @Test
  void password_isOnlyInAFileThatOnlyItsOwnerCanRead(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("passfile");
    ConnectionInfo node = new ConnectionInfo(Map.of("host", "db1", "password", "a:b\\c"));
    ConnectionInfo shown = PrivateConnection.of(node, file);
    assertThat(shown.parameters())
        .containsEntry("passfile", file.toString())
        .containsEntry("host", "db1")
        .containsKey("connect_timeout")
        .doesNotContainKey("password");
    assertThat(file).hasContent("*:*:*:*:a\\:b\\\\c\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(directory).isDirectoryNotContaining("glob:.pass*");
  }

  @Test
  void connectionWithoutPassword_needsNoFile(@TempDir Path directory) throws IOException {
    ConnectionInfo node = new ConnectionInfo(Map.of("host", "db1", "connect_timeout", "3"));
    ConnectionInfo shown = PrivateConnection.of(node, directory.resolve("passfile"));
    assertThat(shown.parameters())
        .containsEntry("connect_timeout", "3")
        .doesNotContainKey("passfile");
    assertThat(directory).isEmptyDirectory();
  }
}
