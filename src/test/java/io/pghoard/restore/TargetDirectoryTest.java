// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetDirectoryTest {
  private static void refused(Path directory, boolean overwrite, String message) {
    assertThatThrownBy(() -> new TargetDirectory(directory).requireUsableForCluster(overwrite))
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining(message);
  }

  private static void usable(Path directory, boolean overwrite) {
    assertThatCode(() -> new TargetDirectory(directory).requireUsableForCluster(overwrite))
        .doesNotThrowAnyException();
  }

  private static void cluster(Path directory) throws IOException {
    Files.createDirectory(directory.resolve("global"));
    Files.write(directory.resolve("global/pg_control"), new byte[8192]);
  }

  @Test
  void missingOrEmptyOrLostAndFound_isUsable(@TempDir Path directory) throws IOException {
    usable(directory.resolve("new"), false);
    usable(directory, false);
    Files.createDirectory(directory.resolve("lost+found"));
    usable(directory, false);
  }

  @Test
  void missingParent_isRefused(@TempDir Path directory) {
    refused(directory.resolve("a/b"), false, "does not exist: create " + directory.resolve("a"));
  }

  @Test
  void file_isRefused(@TempDir Path directory) throws IOException {
    refused(Files.createFile(directory.resolve("file")), true, "is not a directory");
  }

  @Test
  void cluster_isRefusedUnlessToBeOverwritten(@TempDir Path directory) throws IOException {
    cluster(directory);
    refused(directory, false, "is not empty");
    usable(directory, true);
  }

  @Test
  void interruptedRestore_canBeOverwritten(@TempDir Path directory) throws IOException {
    Files.createFile(directory.resolve(TargetDirectory.MARK));
    refused(directory, false, "is not empty");
    usable(directory, true);
  }

  @Test
  void otherFiles_areNotOverwritten(@TempDir Path directory) throws IOException {
    Files.createFile(directory.resolve("thesis.odt"));
    refused(directory, true, "holds no database cluster");
  }

  /** Each of them has a PG_VERSION. */
  @Test
  void directoryOfOneDatabase_isNotOverwritten(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("PG_VERSION"), "15\n");
    refused(directory, true, "no global/pg_control");
  }

  @Test
  void linkThatIsCalledLikeOurMark_isNone(@TempDir Path directory) throws IOException {
    Files.createSymbolicLink(directory.resolve(TargetDirectory.MARK), directory);
    refused(directory, true, "no global/pg_control");
  }

  @Test
  void runningServer_isRefused(@TempDir Path directory) throws IOException {
    cluster(directory);
    Files.writeString(directory.resolve("postmaster.pid"), "1\n");
    refused(directory, true, "Stop the server");
  }

  @Test
  void tablespace_notEmpty_isRefused(@TempDir Path directory) throws IOException {
    Files.createFile(directory.resolve("a"));
    assertThatThrownBy(() -> new TargetDirectory(directory).requireUsableForTablespace("fast"))
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("--tablespace-dir fast=DIR");
  }
}
