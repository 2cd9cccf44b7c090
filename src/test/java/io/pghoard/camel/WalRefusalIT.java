// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pghoard.codec.Compression;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What lies in a real pg_wal and must not enter the archive, handed over by the archive command.
 */
class WalRefusalIT {
  private static final int SEGMENT = 1 << 20;

  private PostgresCluster primary;
  private RunningService daemon;

  @BeforeEach
  void start(@TempDir Path home) throws Exception {
    primary = cluster();
    daemon = new RunningService(home, primary.dataDirectory(), root -> {});
  }

  @AfterEach
  void end() throws IOException {
    daemon.close();
    primary.close();
  }

  /** It archives nothing by itself, so that no segment is stored ahead of the command. */
  private static PostgresCluster cluster() {
    return PostgresCluster.create(
        ClusterOptions.standard().withWalSegmentMegabytes(1).with("autovacuum", "off"));
  }

  /** Finishes a segment that holds something, so that it is another one than the last. */
  private static String next(PostgresCluster cluster) {
    cluster.psql("SELECT pg_logical_emit_message(false, '', '')");
    return cluster.switchWal();
  }

  /** The exit status of the archive command, and what it says. */
  private record Answer(int status, String text) {}

  private Answer archive(String name) throws Exception {
    finished(name);
    Process command = command(name);
    String text = new String(command.getInputStream().readAllBytes(), UTF_8);
    return new Answer(command.waitFor(), text);
  }

  /** As PostgreSQL would say, if it archived. */
  private void finished(String name) throws IOException {
    Files.write(wal("archive_status/" + name + ".done"), new byte[0]);
  }

  @Test
  void segmentThatIsStillWritten_isRefused() throws Exception {
    String current = primary.value("SELECT pg_walfile_name(pg_current_wal_lsn())");

    Process command = command(current);
    String text = new String(command.getInputStream().readAllBytes(), UTF_8);

    assertThat(command.waitFor()).as(text).isBetween(1, 125);
    assertThat(text).contains(current, "PostgreSQL may still write it");
    assertThat(daemon.store().keys("main/xlog/")).isEmpty();
  }

  private Process command(String name) throws IOException {
    String program = primary.directory().program("pghoard_archivecommand").toString();
    String port = String.valueOf(daemon.service().httpPort());
    return new ProcessBuilder(List.of(program, "--site", "main", "--xlog", name, "--port", port))
        .redirectErrorStream(true)
        .start();
  }

  private void refused(String name, String reason) throws Exception {
    Answer answer = archive(name);
    assertThat(answer.status()).as(answer.text()).isBetween(1, 125);
    assertThat(answer.text()).contains(name, reason);
    assertThat(daemon.store().keys("main/xlog/" + name)).isEmpty();
  }

  private void accepted(String name) throws Exception {
    Answer answer = archive(name);
    assertThat(answer.status()).as(answer.text()).isZero();
    assertThat(content("main/xlog/" + name)).isEqualTo(Files.readAllBytes(wal(name)));
  }

  private byte[] content(String key) throws IOException {
    try (ObjectContent object = daemon.store().get(new ObjectKey(key));
        InputStream plain = Compression.named("zstd", 0, 1).decode(object.stream())) {
      return plain.readAllBytes();
    }
  }

  private Path wal(String name) {
    return primary.walDirectory().resolve(name);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8192, SEGMENT - 1, SEGMENT + 8192})
  void segmentOfAnotherSize_isRefused_andTakenOnceItIsWhole(int size) throws Exception {
    String name = next(primary);
    byte[] whole = Files.readAllBytes(wal(name));
    Files.write(wal(name), Arrays.copyOf(whole, size));

    refused(name, "bytes");

    Files.write(wal(name), whole);
    accepted(name);
  }

  @Test
  void recycledSegment_isRefused() throws Exception {
    String old = next(primary);
    next(primary);
    // As a checkpoint does it: an old segment waits under the name of one to come.
    String future = old.substring(0, 16) + "000000F0";
    Files.copy(wal(old), wal(future));

    refused(future, "but by its name should start at");
    accepted(old);
  }

  @Test
  void segmentOfAnotherCluster_isRefused() throws Exception {
    String own = next(primary);
    accepted(own);
    try (PostgresCluster other = cluster()) {
      String name = next(primary);
      byte[] ours = Files.readAllBytes(wal(name));
      String theirs = next(other);
      while (theirs.compareTo(name) < 0) {
        theirs = next(other);
      }
      assertThat(theirs).isEqualTo(name);
      Files.write(wal(name), Files.readAllBytes(other.walDirectory().resolve(name)));

      refused(name, "system identifier");

      Files.write(wal(name), ours);
      accepted(name);
    }
  }

  @Test
  void historyFileWithOtherContent_isRefused() throws Exception {
    String name = "00000002.history";
    Files.writeString(wal(name), "1\t0/3000000\tno recovery target specified\n");
    assertThat(archive(name).status()).isZero();
    byte[] first = content("main/timeline/" + name);
    assertThat(archive(name).status()).isZero();

    Files.writeString(wal(name), "1\t0/4000000\tno recovery target specified\n");
    Answer answer = archive(name);

    assertThat(answer.status()).as(answer.text()).isBetween(1, 125);
    assertThat(answer.text()).contains(name, "different content");
    assertThat(content("main/timeline/" + name)).isEqualTo(first);
    assertThat(daemon.home.resolve("archive_conflict")).exists();
  }

  @Test
  void killedCommand_isRepeated_andTheSegmentIsThereOnce() throws Exception {
    for (int moment = 0; moment < 20; moment++) {
      String name = next(primary);
      finished(name);
      Process command = command(name);
      // Some are killed before the daemon hears of them, some while it stores, some afterwards.
      command.waitFor(moment * 5L, TimeUnit.MILLISECONDS);
      command.descendants().forEach(ProcessHandle::destroyForcibly);
      command.destroyForcibly().waitFor();

      accepted(name);
    }
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> {
              try (Stream<Path> files = Files.walk(daemon.home.resolve("repository/main"))) {
                assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(file -> file.startsWith(".incoming-"));
              }
            });
  }

  @Test
  void nameOfNoFile_isRefused() throws Exception {
    Answer answer = archive("0000000100000000000000EE");

    assertThat(answer.status()).as(answer.text()).isBetween(1, 125);
    assertThat(answer.text()).contains("0000000100000000000000EE");
    assertThatThrownBy(
            () -> daemon.store().get(new ObjectKey("main/xlog/0000000100000000000000EE")))
        .isInstanceOf(ObjectMissingException.class);
  }
}
