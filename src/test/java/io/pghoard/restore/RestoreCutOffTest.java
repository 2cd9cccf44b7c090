// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restore that ends early leaves a directory that no server starts, and that says what it is. */
class RestoreCutOffTest {
  private static final int ALL = Integer.MAX_VALUE;

  private Path root;
  private Path target;
  private Path control;
  private Path mark;

  @BeforeEach
  void createDirectory(@TempDir Path directory) {
    root = directory;
    target = root.resolve("data");
    control = target.resolve("global/pg_control");
    mark = target.resolve(TargetDirectory.MARK);
  }

  private SmallRestore restore(boolean overwrite) throws IOException {
    return new SmallRestore(root, overwrite);
  }

  private void isHalfMadeAndSaysSo() throws IOException {
    assertThat(control).doesNotExist();
    assertThat(mark).content().contains("restore again with --continue");
    assertThatThrownBy(() -> restore(false).run())
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("--overwrite");
    assertThat(mark).exists();
  }

  private void canBeRepeated() throws IOException {
    new TargetDirectory(target).requireUsableForCluster(true);
    restore(true).run();
    assertThat(control).hasBinaryContent(SmallRestore.CONTROL);
    assertThat(target.resolve("base/1/1259")).hasBinaryContent(SmallRestore.TABLE);
    assertThat(mark).doesNotExist();
  }

  @Test
  void everyBlock() throws IOException {
    boolean overwrite = false;
    // Without the two blocks of zeros at its end a tar archive is as good.
    for (int cut = 0; cut < SmallRestore.mainObject().length - 1024; cut += 512) {
      SmallRestore restore = restore(overwrite);
      int length = cut;
      assertThatThrownBy(() -> restore.run(length, ALL)).isInstanceOf(IOException.class);
      isHalfMadeAndSaysSo();
      overwrite = true;
    }
    canBeRepeated();
    for (int cut = 0; cut < SmallRestore.chunk().length - 1024; cut += 512) {
      SmallRestore restore = restore(true);
      int length = cut;
      assertThatThrownBy(() -> restore.run(ALL, length)).isInstanceOf(IOException.class);
      isHalfMadeAndSaysSo();
    }
    canBeRepeated();
  }

  @Test
  void anyStageOfTheEmptying() throws IOException {
    restore(false).run();
    Files.writeString(mark, "restore again with --continue");
    Files.delete(control);
    canBeRepeated();

    Files.writeString(mark, "restore again with --continue");
    Files.delete(control);
    Files.delete(root.resolve("fast/PG_15_202209061/5/16385"));
    Files.delete(target.resolve("PG_VERSION"));
    isHalfMadeAndSaysSo();
    canBeRepeated();
  }

  @Test
  void beforeThePgControlIsInPlace() throws IOException {
    SmallRestore restore = restore(false);
    restore.writer.begin();
    Files.createDirectories(target.resolve("global"));
    Files.writeString(target.resolve("global/pg_control.restoring"), "half");
    restore.writer.close();
    isHalfMadeAndSaysSo();
    canBeRepeated();
  }

  @Test
  void settingsThatCannotBeWritten() throws IOException {
    SmallRestore restore = restore(false);
    try (RestoreWriter writer = restore.writer) {
      writer.begin();
      writer.writeMainObject(new ByteArrayInputStream(SmallRestore.mainObject()));
      writer.writeChunk(new ByteArrayInputStream(SmallRestore.chunk()));
      Files.createDirectory(target.resolve("postgresql.auto.conf"));
      assertThatThrownBy(writer::finish).isInstanceOf(IOException.class);
    }
    isHalfMadeAndSaysSo();
    canBeRepeated();
  }

  @Test
  void cancelBeforeTheEnd() throws IOException {
    SmallRestore restore = restore(false);
    try (RestoreWriter writer = restore.writer) {
      writer.begin();
      writer.writeMainObject(new ByteArrayInputStream(SmallRestore.mainObject()));
      writer.writeChunk(new ByteArrayInputStream(SmallRestore.chunk()));
      restore.progress.cancel();
      assertThatThrownBy(writer::finish).isInstanceOf(IOException.class);
    }
    isHalfMadeAndSaysSo();
    canBeRepeated();
  }

  @Test
  void refusalOfARepetition_keepsTheMark() throws IOException {
    assertThatThrownBy(() -> restore(false).run(0, 0)).isInstanceOf(IOException.class);
    Path running = Files.createFile(target.resolve("postmaster.pid"));
    assertThatThrownBy(() -> restore(true).run()).hasMessageContaining("is in use");
    Files.delete(running);
    isHalfMadeAndSaysSo();
    canBeRepeated();
  }

  @Test
  void refusalForATablespace_leavesTheOldClusterAsItWas() throws IOException {
    restore(false).run();
    Path other = Files.createDirectory(root.resolve("slow"));
    Files.createFile(other.resolve("file"));
    assertThatThrownBy(() -> new SmallRestore(target, other, true).run())
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("is not empty");
    assertThat(control).exists();
    assertThat(root.resolve("fast/PG_15_202209061/5/16385")).exists();
    assertThat(mark).doesNotExist();
  }

  @Test
  void linkedTargetWalAndTablespace_areRestoredAndOverwritten() throws IOException {
    Path real = Files.createDirectories(root.resolve("disk/data"));
    Path wal = Files.createDirectory(root.resolve("disk/wal"));
    Path rows = Files.createDirectory(root.resolve("disk/rows"));
    Files.createSymbolicLink(real.resolve("pg_wal"), wal);
    Files.createSymbolicLink(target, real);
    Files.createSymbolicLink(root.resolve("fast"), rows);
    restore(false).run();
    Path segment = wal.resolve("000000010000000000000002");
    assertThat(segment).hasContent("WAL");
    assertThat(rows.resolve("PG_15_202209061/5/16385")).exists();
    assertThat(DurableTree.sync(target)).isEqualTo(DurableTree.sync(real)).isGreaterThan(8);

    Files.createFile(wal.resolve("000000010000000000000003"));
    assertThatThrownBy(() -> restore(true).run(ALL, 0)).isInstanceOf(IOException.class);
    isHalfMadeAndSaysSo();
    assertThat(wal).isDirectoryNotContaining("glob:**3");
    canBeRepeated();
    assertThat(segment).hasContent("WAL");
    assertThat(real.resolve("pg_wal")).isSymbolicLink();
    assertThat(target).isSymbolicLink();
  }
}
