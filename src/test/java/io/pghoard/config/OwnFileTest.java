// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.pghoard.check.Checks;
import io.pghoard.check.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that others have made, or may change. */
final class OwnFileTest {
  private static final int NOBODY = 65534;

  private final Path directory;
  private final Path file;
  private final OwnFile own;

  OwnFileTest(@TempDir Path directory) {
    this.directory = directory;
    this.file = directory.resolve("file");
    this.own = new OwnFile(file);
  }

  @BeforeEach
  void noUmaskOfAGroup() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
  }

  private void give(Path path) throws Exception {
    assumeThat(ThisUser.isRoot()).isTrue();
    Files.setAttribute(path, "unix:uid", NOBODY);
  }

  private PghoardConfig config() throws Exception {
    Path config = directory.resolve("pghoard.json");
    Files.writeString(
        config,
        """
        {"backup_location": "%1$s", "maintenance_mode_file": "%1$s/file",
         "json_state_file_path": "%1$s/state", "backup_sites": {}}
        """
            .formatted(directory));
    return ConfigFile.read(config);
  }

  private String checked(String name) throws Exception {
    List<Finding> findings = new ArrayList<>();
    PghoardConfig config = config();
    new HostCheck(config, List.of(), Files.getOwner(directory))
        .run(new Checks("machine", findings::add));
    return findings.stream()
        .filter(finding -> finding.toString().contains(name))
        .findFirst()
        .orElseThrow()
        .toString();
  }

  @Test
  void ownFile_isRead_andNothingIsNothing() throws Exception {
    assertThat(own.exists()).isFalse();
    assertThat(own.read()).isNull();
    own.requireOwn();
    Files.writeString(file, "text");
    assertThat(own.exists()).isTrue();
    assertThat(own.read()).asString().isEqualTo("text");
    assertThat(config().inMaintenance()).isTrue();
    assertThat(checked("maintenance_mode_file"))
        .contains("WARNING")
        .contains("in maintenance mode", Files.getOwner(file).toString());
  }

  @Test
  void fileOfAnother_doesNotCount_andCheckSaysWhose() throws Exception {
    give(Files.writeString(file, "text"));
    assertThat(own.exists()).isFalse();
    assertThatIOException().isThrownBy(own::read).withMessageContaining("belongs to");
    assertThatIOException().isThrownBy(own::requireOwn);
    assertThat(config().inMaintenance()).isFalse();
    String owner = Files.getOwner(file).toString();
    assertThat(checked("maintenance_mode_file"))
        .contains("WARNING", "belongs to " + owner, "not heeded");
    give(Files.write(directory.resolve("state"), new byte[48 << 20]));
    assertThat(checked("json_state_file_path")).contains("FAILED", "belongs to " + owner);
  }

  @Test
  void fileOfTheDaemonsUser_isNotCalledForeign_whenRootChecks() throws Exception {
    give(Files.writeString(file, "text"));
    give(Files.writeString(directory.resolve("state"), "{}"));
    give(directory);
    assertThat(checked("maintenance_mode_file")).contains("in maintenance mode");
    assertThat(checked("json_state_file_path")).contains("OK", "can be used");
  }

  @Test
  void linksAndSpecialFiles_doNotCount_andAreNotOpened() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "text");
    Files.createSymbolicLink(file, secret);
    assertThat(own.exists()).isFalse();
    assertThatIOException().isThrownBy(own::read).withMessageContaining("symbolic link");
    Files.delete(file);
    Files.createSymbolicLink(file, directory.resolve("nowhere"));
    assertThatIOException().isThrownBy(own::read);
    Files.delete(file);
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> assertThatIOException().isThrownBy(own::read));
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(own.exists()).isFalse();
  }

  @Test
  void largeFile_isNotRead() throws Exception {
    Files.write(file, new byte[OwnFile.LARGEST + 1]);
    assertThatIOException().isThrownBy(own::read).withMessageContaining("larger than 1 MiB");
    Files.write(directory.resolve("state"), new byte[OwnFile.LARGEST + 1]);
    assertThat(checked("json_state_file_path")).contains("WARNING", "larger than 1 MiB");
  }

  @Test
  void fileThatOthersMayWrite_isTold_andOfWhat() throws Exception {
    Files.writeString(file, "text");
    for (String rights : List.of("rw-r--rw-", "rw-rw-rw-")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
      assertThat(FileRights.changedByOthers(file)).isEqualTo("everybody may write " + file);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(FileRights.changedByOthers(file)).isNull();
    assertThat(FileRights.readByAll(file)).isTrue();
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(FileRights.changedByOthers(file)).isEqualTo("everybody may write " + directory);
    Files.setAttribute(directory, "unix:mode", 01777);
    assertThat(FileRights.changedByOthers(file)).as("as in /tmp").isNull();
    assertThat(FileRights.strangersOwn(file)).isNull();
    give(file);
    assertThat(FileRights.strangersOwn(file)).contains("belongs to");
  }

  @Test
  void fileOfAForeignGroup_isTold() throws Exception {
    assumeThat(ThisUser.isRoot()).isTrue();
    Files.writeString(file, "text");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    assertThat(FileRights.changedByOthers(file)).as("the user's own group").isNull();
    Files.setAttribute(file, "unix:gid", NOBODY);
    assertThat(FileRights.changedByOthers(file)).contains("the group", "may write " + file);
  }

  @Test
  void secretsThatEverybodyReads_areTold() throws Exception {
    PghoardConfig config = config();
    Path json = directory.resolve("pghoard.json");
    Files.setPosixFilePermissions(json, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(new SecretFiles(json, config).readByAll()).isEmpty();
    Files.writeString(
        json,
        Files.readString(json)
            .replace(
                "\"backup_sites\"",
                "\"webserver_username\": \"me\", \"webserver_password\": \"word\", \"backup_sites\""));
    assertThat(new SecretFiles(json, ConfigFile.read(json)).readByAll()).containsExactly(json);
    Files.setPosixFilePermissions(json, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(new SecretFiles(json, ConfigFile.read(json)).readByAll()).isEmpty();
  }
}
