// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.repository.SmallFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the way of emptying a directory that takes root to put it there. */
class OverwriteIT {
  private final List<String[]> undo = new ArrayList<>();
  private Path root;
  private Path target;

  @BeforeEach
  void createCluster(@TempDir Path directory) throws IOException {
    SmallFileSystem.requireRoot();
    root = directory.toRealPath();
    target = Files.createDirectory(root.resolve("data"));
    Files.createDirectories(target.resolve("base/1"));
    Files.createDirectories(target.resolve("global"));
    Files.createFile(target.resolve("global/pg_control"));
    Files.createDirectories(target.resolve("pg_wal/archive_status"));
    Files.writeString(target.resolve("PG_VERSION"), "15\n");
    Files.writeString(target.resolve("postgresql.conf"), "");
    Files.writeString(target.resolve("base/1/1259"), "a table");
  }

  @AfterEach
  void undo() throws IOException {
    for (int i = undo.size() - 1; i >= 0; i--) {
      SmallFileSystem.run(undo.get(i));
    }
  }

  private void bind(Path from, Path onto) throws IOException {
    SmallFileSystem.run("mount", "--bind", from.toString(), onto.toString());
    undo.add(new String[] {"umount", "--lazy", onto.toString()});
  }

  private void change(String flag, Path path) throws IOException {
    SmallFileSystem.run("chattr", "+" + flag, path.toString());
    undo.add(new String[] {"chattr", "-" + flag, path.toString()});
  }

  private void clear() throws IOException {
    TargetDirectory directory = new TargetDirectory(target);
    directory.requireUsableForCluster(true);
    directory.clearing().run();
  }

  private void refused(String message) {
    assertThatThrownBy(this::clear)
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("nothing was deleted")
        .hasMessageContaining(message);
    assertThat(target.resolve("base/1/1259")).hasContent("a table");
  }

  @Test
  void mountPoints_areEmptiedAndKept() throws IOException {
    Path wal = Files.createDirectory(root.resolve("wal of main"));
    Files.createFile(wal.resolve("000000010000000000000001"));
    bind(wal, target.resolve("pg_wal"));
    try (SmallFileSystem disk = SmallFileSystem.mount(target.resolve("base/1"), 1 << 20)) {
      Files.writeString(disk.directory().resolve("1259"), "a table");
      Files.createDirectories(disk.directory().resolve("lost+found/x"));
      assertThat(new TargetDirectory(target).clearing().freed()).hasSize(2);
      clear();
      assertThat(disk.directory().resolve("lost+found/x")).exists();
    }
    assertThat(wal).isEmptyDirectory();
    assertThat(target.resolve("pg_wal")).isEmptyDirectory();
    assertThat(target.resolve("PG_VERSION")).doesNotExist();
  }

  @Test
  void mountedFile_isRefused() throws IOException {
    Path file = Files.createFile(root.resolve("mounted.conf"));
    bind(file, target.resolve("postgresql.conf"));
    refused(target.resolve("postgresql.conf") + " is a mount point: unmount it");
  }

  @Test
  void readOnlyMount_isRefused() throws IOException {
    try (SmallFileSystem disk = SmallFileSystem.mount(target.resolve("pg_wal"), 1 << 20)) {
      disk.makeReadOnly();
      refused("may not delete what is in " + target.resolve("pg_wal"));
    }
  }

  @Test
  void immutableFile_isRefused() throws IOException {
    change("i", target.resolve("PG_VERSION"));
    refused(target.resolve("PG_VERSION") + " is immutable");
  }

  @Test
  void emptyMountedWal_canBeRestoredInto() throws IOException {
    Path fresh = Files.createDirectory(root.resolve("fresh"));
    bind(
        Files.createDirectory(root.resolve("wal")), Files.createDirectory(fresh.resolve("pg_wal")));
    new TargetDirectory(fresh).requireUsableForCluster(false);
  }
}
