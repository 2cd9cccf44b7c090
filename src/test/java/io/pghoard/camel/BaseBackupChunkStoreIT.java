// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.backup.BaseBackupStatus;
import io.pghoard.codec.Compression;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.SmallFileSystem;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BaseBackupChunkStoreIT {
  @Test
  void chunk_isStoredCompressedWithItsMetadata() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = new BackedUpCluster(cluster)) {
      site.take("requested");
      assertThat(site.status().last()).extracting(BaseBackupStatus.Ended::failure).isNull();
      List<StoredObject> chunks = site.store().list(new SiteKeys("main").chunks());
      assertThat(chunks).hasSizeGreaterThan(3);
      for (StoredObject chunk : chunks) {
        assertThat(chunk.metadata())
            .containsEntry("compression-algorithm", "zstd")
            .containsEntry("format", "pghoard-bb-v2")
            .containsKey("host")
            .containsEntry("original-file-size", Long.toString(plainSize(site, chunk)));
      }
    }
  }

  @Test
  void spool_holdsNoMoreThanTheChunksInProgress() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site =
            new BackedUpCluster(
                cluster,
                json ->
                    json.put("basebackup_chunks_in_progress", 2)
                        .put("basebackup_chunk_size", 1 << 20))) {
      cluster.pgbench("-i", "-q");
      SpoolWatch watch = new SpoolWatch(site.home.resolve("spool/spool"));
      site.running().service().context().getRegistry().bind("spoolWatch", watch);
      String shipped =
          Files.readString(Path.of("src/main/resources/routes/repository-put.camel.yaml"));
      site.replaceRoute(
          "repository-put",
          shipped.replaceFirst(
              "steps:\n",
              "steps:\n        - to:\n            uri: bean:spoolWatch\n            parameters:\n              method: look\n"));
      site.take("requested");
      assertThat(site.status().last()).extracting(BaseBackupStatus.Ended::failure).isNull();
      assertThat(watch.calls).hasValueGreaterThan(20);
      assertThat(watch.most).hasValueBetween(1, 2);
    }
  }

  private static long plainSize(BackedUpCluster site, StoredObject chunk) throws IOException {
    try (ObjectContent content = site.store().get(chunk.key());
        InputStream plain = Compression.named("zstd", 0, 1).decode(content.stream())) {
      return plain.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** Counts the files in the spool each time that something is stored. */
  public static final class SpoolWatch {
    private final Path spool;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    SpoolWatch(Path spool) {
      this.spool = spool;
    }

    public void look() throws IOException {
      List<Path> files = new ArrayList<>();
      try (DirectoryStream<Path> all = Files.newDirectoryStream(spool)) {
        all.forEach(files::add);
      }
      calls.incrementAndGet();
      most.accumulateAndGet(files.size(), Math::max);
    }
  }

  @Test
  void spoolThatIsFull_failsTheBackupAlone_andTheNextOneWorks() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = new BackedUpCluster(cluster);
        SmallFileSystem disk = SmallFileSystem.mount(site.home.resolve("spool/spool"), 64 << 10)) {
      site.take("scheduled");
      assertThat(String.valueOf(site.status().last())).contains("No space left on device");
      assertThat(disk.directory()).isEmptyDirectory();
      assertThat(site.keysOfBaseBackups()).isEmpty();

      disk.resize(64 << 20);
      site.take("scheduled");
      assertThat(site.catalogue().baseBackups()).hasSize(1);
    }
  }
}
