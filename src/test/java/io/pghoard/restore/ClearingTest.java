// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.config.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClearingTest {
  private Path root;
  private Path target;

  @BeforeEach
  void createCluster(@TempDir Path directory) throws IOException {
    root = directory.toRealPath();
    target = Files.createDirectory(root.resolve("data"));
    Files.createDirectories(target.resolve("base/1"));
    Files.createDirectories(target.resolve("global"));
    Files.createFile(target.resolve("global/pg_control"));
    Files.writeString(target.resolve("PG_VERSION"), "15\n");
    Files.writeString(target.resolve("base/1/1259"), "a table");
  }

  private void clear() throws IOException {
    Clearing clearing = new TargetDirectory(target).clearing();
    clearing.requirePossible();
    clearing.run();
  }

  private void refused(String message) {
    assertThatThrownBy(() -> new TargetDirectory(target).requireUsableForCluster(true))
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining(message);
    assertThat(target.resolve("base/1/1259")).hasContent("a table");
  }

  @Test
  void links_areDeleted_andNotWhatTheyLeadTo() throws IOException {
    Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("precious"), "x");
    Files.createSymbolicLink(target.resolve("base/link"), elsewhere);
    Files.createDirectory(target.resolve("pg_tblspc"));
    Files.createSymbolicLink(target.resolve("pg_tblspc/16384"), elsewhere);
    Files.createSymbolicLink(target.resolve("dangling"), root.resolve("nowhere"));
    clear();
    assertThat(target).isEmptyDirectory();
    assertThat(elsewhere.resolve("precious")).hasContent("x");
  }

  @Test
  void directoryReachedByLink_isEmptied() throws IOException {
    Path link = Files.createSymbolicLink(root.resolve("link"), target);
    Clearing clearing = new TargetDirectory(link).clearing();
    assertThat(clearing.freed()).containsEntry(Volume.device(target), 10L);
    clearing.run();
    assertThat(target).isEmptyDirectory();
    assertThat(link).isSymbolicLink();
  }

  @Test
  void linkedWal_stays_andItsDirectoryIsEmptied() throws IOException {
    for (String name : new String[] {"pg_wal", "pg_xlog"}) {
      Path wal = Files.createDirectory(root.resolve("for_" + name));
      Files.createDirectory(wal.resolve("archive_status"));
      Files.writeString(wal.resolve("archive_status/old.done"), "");
      Path link = Files.createSymbolicLink(target.resolve(name), wal);
      clear();
      assertThat(link).isSymbolicLink();
      assertThat(wal).isEmptyDirectory();
      Files.delete(link);
    }
    assertThat(target).isEmptyDirectory();
  }

  @Test
  void linkedWal_thatLeadsNowhere_isRefused() throws IOException {
    Files.createSymbolicLink(target.resolve("pg_wal"), root.resolve("lost"));
    refused("pg_wal in " + target + " is a link to " + root.resolve("lost"));
  }

  @Test
  void linkedWal_aboveOrBelowTheTarget_isRefused() throws IOException {
    Path link = target.resolve("pg_wal");
    Files.createSymbolicLink(link, root);
    refused("must lie apart");
    Files.delete(link);
    Files.createSymbolicLink(link, target.resolve("base"));
    refused("must lie apart");
  }

  @Test
  void emptyWal_ofWhateverKind_isNoCluster() throws IOException {
    Path fresh = Files.createDirectory(root.resolve("fresh"));
    Path wal = Files.createDirectory(root.resolve("wal"));
    Files.createDirectory(wal.resolve("lost+found"));
    Files.createSymbolicLink(fresh.resolve("pg_wal"), wal);
    assertThatCode(() -> new TargetDirectory(fresh).requireUsableForCluster(false))
        .doesNotThrowAnyException();
    Files.createFile(wal.resolve("000000010000000000000001"));
    assertThatThrownBy(() -> new TargetDirectory(fresh).requireUsableForCluster(false))
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("or its pg_wal is not");
  }

  @Test
  void clusterInside_isNeverDeleted() throws IOException {
    for (String sign : new String[] {"postmaster.pid", "global/pg_control", TargetDirectory.MARK}) {
      Path inside = target.resolve("another").resolve(sign);
      Files.createDirectories(inside.getParent());
      Files.createFile(inside);
      refused(target.resolve("another") + " is a database cluster of its own");
      Files.delete(inside);
    }
  }

  @Test
  void mountPointsOfTheTable_areRead() {
    assertThat(MountPoints.unescape("/mnt/a\\040b\\134c\\0")).isEqualTo("/mnt/a b\\c\\0");
    assertThat(MountPoints.unescape("/mnt/\u00c3\u00bc")).isEqualTo("/mnt/\u00fc");
  }

  @Test
  void directoryThatMayNotBeWritten_isRefusedToAllButRoot() throws IOException {
    Path directory = target.resolve("base/1");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    if ("root".equals(System.getProperty("user.name"))) {
      clear();
      assertThat(target).isEmptyDirectory();
    } else {
      refused("may not delete what is in " + directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }
}
