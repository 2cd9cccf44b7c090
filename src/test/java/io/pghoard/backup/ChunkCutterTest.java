// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarReader;
import io.pghoard.codec.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChunkCutterTest {
  private static final int SIZE = 10_000;

  private final Path directory;
  private final AtomicBoolean dataArrived = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  ChunkCutterTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void backup_isCutAtFileBorders() throws IOException {
    ChunkCutter cutter = cutter(backup(), 10);
    List<Map<String, Integer>> chunks = cutAll(cutter);
    cutter.check();
    assertThat(chunks)
        .extracting(Map::keySet)
        .map(List::copyOf)
        .containsExactly(
            List.of("pgdata/PG_VERSION", "pgdata/base", "pgdata/base/1", "pgdata/base/1/100"),
            List.of("pgdata/base", "pgdata/base/1", "pgdata/base/1/101", "pgdata/base/1/102"),
            List.of(
                "pgdata/base",
                "pgdata/base/1",
                "pgdata/global",
                "pgdata/pg_tblspc",
                "pgdata/pg_wal",
                "pgdata/pg_wal/archive_status"));
    assertThat(chunks.get(0)).containsEntry("pgdata/base/1/100", 30_000);
    assertThat(cutter.chunks())
        .extracting(ChunkCutter.StoredChunk::files)
        .containsExactly(
            List.of("pgdata/PG_VERSION", "pgdata/base/1/100"),
            List.of("pgdata/base/1/101", "pgdata/base/1/102"),
            List.of());
    assertThat(cutter.chunks()).allMatch(chunk -> chunk.inputSize() % 512 == 0);
  }

  @Test
  void heldFiles_areInNoChunk() throws IOException {
    HeldFiles held = held();
    ChunkCutter cutter = new ChunkCutter(files(backup(), held), SIZE, 10);
    assertThat(cutAll(cutter).toString())
        .doesNotContain("backup_label", "tablespace_map", "pg_control", "backup_manifest", "16384");
    assertThat(new String(held.backupLabel(), UTF_8)).isEqualTo("label");
    assertThat(held.labelWritten()).hasToString("1970-01-01T00:00:07Z");
    assertThat(held.pgControl()).hasSize(8192);
    assertThat(held.manifest()).hasContent("manifest");
    assertThat(dataArrived).isTrue();
  }

  @Test
  void nextChunk_waitsUntilThatBeforeItIsRead() throws Exception {
    ChunkCutter cutter = cutter(backup(), 10);
    Chunk first = requireNonNull(cutter.next());
    assertThat(cutter.hasNext()).isTrue();
    CompletableFuture<@Nullable Chunk> second = CompletableFuture.supplyAsync(cutter::next);
    assertThat(second).isNotDone();
    first.content().transferTo(OutputStream.nullOutputStream());
    assertThat(requireNonNull(second.get()).number()).isEqualTo(2);
  }

  @Test
  void nextChunk_waitsWhileTooManyAreInProgress() throws Exception {
    ChunkCutter cutter = cutter(backup(), 1);
    Chunk first = requireNonNull(cutter.next());
    first.content().transferTo(OutputStream.nullOutputStream());
    CompletableFuture<@Nullable Chunk> second = CompletableFuture.supplyAsync(cutter::next);
    assertThat(second).isNotDone();
    cutter.stored(first, 10);
    assertThat(requireNonNull(second.get()).number()).isEqualTo(2);
  }

  @Test
  void chunkThatCannotBeStored_endsTheBackup() throws Exception {
    ChunkCutter cutter = cutter(backup(), 10);
    Chunk first = requireNonNull(cutter.next());
    CompletableFuture<@Nullable Chunk> second = CompletableFuture.supplyAsync(cutter::next);
    cutter.failed(first, new IOException("disk full"));
    assertThat(second.get(10, TimeUnit.SECONDS)).isNull();
    assertThat(cutter.hasNext()).isFalse();
    assertThat(closed).isTrue();
    assertThatThrownBy(cutter::check)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot store chunk 1: disk full");
  }

  @Test
  void backupThatIsCutOff_fails() throws IOException {
    byte[] whole = backup();
    byte[] cut = Arrays.copyOf(whole, whole.length - 20_000);
    ChunkCutter cutter = cutter(cut, 10);
    assertThatThrownBy(() -> cutAll(cutter)).isInstanceOf(EOFException.class);
  }

  @Test
  void check_refusesABackupWithAChunkMissing() throws IOException {
    ChunkCutter cutter = cutter(backup(), 10);
    Chunk first = requireNonNull(cutter.next());
    first.content().transferTo(OutputStream.nullOutputStream());
    cutter.stored(first, 1);
    assertThatThrownBy(cutter::check).hasMessageContaining("of 1 chunks");
  }

  @Test
  void check_waitsForChunksInProgress() throws Exception {
    ChunkCutter cutter = cutter(backup(), 10);
    List<Chunk> chunks = new ArrayList<>();
    while (cutter.hasNext()) {
      chunks.add(requireNonNull(cutter.next()));
      chunks.get(chunks.size() - 1).content().transferTo(OutputStream.nullOutputStream());
    }
    CompletableFuture<Void> checked =
        CompletableFuture.runAsync(
            () -> {
              try {
                cutter.check();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    assertThat(checked).isNotDone();
    chunks.forEach(chunk -> cutter.stored(chunk, 1));
    await().until(checked::isDone);
    assertThat(checked).isCompleted();
  }

  @Test
  void backupWithoutManifest_isRefused() {
    HeldFiles held = held();
    assertThatThrownBy(held::manifest).hasMessageContaining("no backup_manifest");
    assertThatThrownBy(held::pgControl).hasMessageContaining("no global/pg_control");
  }

  private static List<Map<String, Integer>> cutAll(ChunkCutter cutter) throws IOException {
    List<Map<String, Integer>> chunks = new ArrayList<>();
    while (cutter.hasNext()) {
      Chunk chunk = requireNonNull(cutter.next());
      Map<String, Integer> entries = new LinkedHashMap<>();
      TarReader reader = new TarReader(chunk.content());
      for (TarEntry entry; (entry = reader.next()) != null; ) {
        entries.put(entry.name(), reader.content().readAllBytes().length);
      }
      chunks.add(entries);
      cutter.stored(chunk, 100);
    }
    return chunks;
  }

  private ChunkCutter cutter(byte[] backup, int inProgress) {
    return new ChunkCutter(files(backup, held()), SIZE, inProgress);
  }

  private HeldFiles held() {
    return new HeldFiles(directory.resolve("manifest"));
  }

  private ClusterFiles files(byte[] backup, HeldFiles held) {
    InputStream source =
        new ByteArrayInputStream(backup) {
          @Override
          public void close() {
            closed.set(true);
          }
        };
    return new ClusterFiles(new StreamedTar(source), held, () -> dataArrived.set(true));
  }

  /** What pg_basebackup writes, in its order. */
  private static byte[] backup() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(out);
    put(tar, "backup_label", "label".getBytes(UTF_8));
    put(tar, "tablespace_map", "16384 /srv/fast".getBytes(UTF_8));
    put(tar, "PG_VERSION", "15\n".getBytes(UTF_8));
    tar.put(TarEntry.directory("base", 7));
    tar.put(TarEntry.directory("base/1", 7));
    put(tar, "base/1/100", new byte[30_000]);
    put(tar, "base/1/101", new byte[5]);
    put(tar, "base/1/102", new byte[8192]);
    tar.put(TarEntry.directory("pg_tblspc", 7));
    tar.put(new TarEntry("pg_tblspc/16384", TarEntry.Type.SYMLINK, 0, 0777, 7, "/srv/fast"));
    tar.put(TarEntry.directory("pg_wal", 7));
    tar.put(TarEntry.directory("./pg_wal/archive_status", 7));
    tar.put(TarEntry.directory("global", 7));
    put(tar, "global/pg_control", new byte[8192]);
    put(tar, "backup_manifest", "manifest".getBytes(UTF_8));
    tar.finish();
    return out.toByteArray();
  }

  private static void put(TarWriter tar, String name, byte[] content) throws IOException {
    tar.put(TarEntry.file(name, content.length, 7), new ByteArrayInputStream(content));
  }
}
