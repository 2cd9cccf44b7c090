// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.config.ConfigFile;
import io.pghoard.config.PghoardConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a restored cluster's restore_command has the daemon's password from. */
class RestoreCredentialsTest {
  @TempDir Path home = Path.of("");

  private PghoardConfig config(String more) throws Exception {
    return ConfigFile.read(
        Files.writeString(
            home.resolve("pghoard.json"),
            "{\"backup_location\": \"%s\", \"backup_sites\": {}%s}".formatted(home, more)));
  }

  private RestoreCredentials credentials(Path data) throws Exception {
    return Objects.requireNonNull(
        RestoreCredentials.of(
            config(", \"webserver_username\": \"me\", \"webserver_password\": \"it's %p\""), data));
  }

  @Test
  void password_isInAFileBesideTheDataDirectory_forItsOwnerAlone() throws Exception {
    Path file = home.resolve("data.pghoard_credentials");
    RestoreCredentials credentials = credentials(home.resolve("data"));
    assertThat(credentials.option()).isEqualTo(" --credentials " + file).doesNotContain("it's");
    credentials.requirePossible();
    credentials.write();
    assertThat(file).hasContent("me\nit's %p\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void fileThatEverybodyReads_orThatIsALink_isReplaced() throws Exception {
    Path file = home.resolve("data.pghoard_credentials");
    Path outside = Files.writeString(home.resolve("outside"), "mine");
    Files.createSymbolicLink(file, outside);
    credentials(home.resolve("data")).write();
    assertThat(outside).hasContent("mine");
    assertThat(Files.isSymbolicLink(file)).isFalse();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    credentials(home.resolve("data")).write();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void placeThatIsNotThere_isRefusedBeforeAnythingIsTouched() throws Exception {
    RestoreCredentials credentials = credentials(home.resolve("none/data"));
    assertThatThrownBy(credentials::requirePossible)
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("data.pghoard_credentials, a file of mode 0600")
        .hasMessageNotContaining("it's");
  }

  @Test
  void withoutAPassword_thereIsNoFile() throws Exception {
    assertThat(RestoreCredentials.of(config(""), home.resolve("data"))).isNull();
  }
}
