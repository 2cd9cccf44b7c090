// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pghoard.JavaCommand;
import io.pghoard.Pghoard;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.restore.BackedUpCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A real backup is restored by the command and started by {@code pg_ctl start} alone. */
class RestoreIT {
  private static BackedUpCluster source;
  private static Path home;
  private static String timeAtTwo;
  private static String lsnAtThree;
  private static String lastSegment;

  private Path target;
  private String err = "";
  private String out = "";

  /** Rows 1 to 4, each with a way to recover to just after it. */
  @BeforeAll
  static void backUp(@TempDir Path directory) throws IOException {
    home = directory;
    source = new BackedUpCluster(directory);
    PostgresCluster cluster = source.cluster();
    cluster.pgbench("-i", "-q", "-s", "2");
    cluster.psql("ALTER SYSTEM SET work_mem = '8MB'");
    cluster.psql("CREATE TABLE t (n int)");
    String place = cluster.directory().make("fast").toString();
    cluster.psql("CREATE TABLESPACE fast LOCATION '" + place + "'");
    cluster.psql("CREATE TABLE fast (n int) TABLESPACE fast; INSERT INTO fast VALUES (1)");
    source.backUp();
    cluster.psql("INSERT INTO t VALUES (1)");
    cluster.psql("SELECT pg_create_restore_point('one')");
    source.archiveWal();
    cluster.psql("INSERT INTO t VALUES (2)");
    timeAtTwo = cluster.value("SELECT now() AT TIME ZONE 'UTC' || '+00'");
    cluster.psql("INSERT INTO t VALUES (3)");
    lsnAtThree = cluster.value("SELECT pg_current_wal_lsn()");
    source.archiveWal();
    cluster.psql("INSERT INTO t VALUES (4)");
    lastSegment = cluster.value("SELECT pg_walfile_name(pg_current_wal_lsn())");
    source.archiveWal();
  }

  @AfterAll
  static void end() {
    source.close();
  }

  @BeforeEach
  void nameTarget(TestInfo test) {
    target = home.resolve(test.getTestMethod().orElseThrow().getName());
  }

  private List<String> arguments(String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("get-basebackup"));
    arguments.add("--config=" + source.configFile());
    arguments.add("--target-dir=" + target);
    arguments.add("--tablespace-dir=fast=" + home.resolve(target.getFileName() + "-fast"));
    arguments.add("--pghoard-postgres-command-bin=" + source.restoreProgram());
    arguments.addAll(List.of(more));
    return arguments;
  }

  private int restore(String... more) throws IOException {
    RestoreToolRun run = RestoreToolRun.of(arguments(more));
    err = run.err();
    out = run.out();
    return run.status();
  }

  private void refused(String message, String... more) throws IOException {
    assertThat(restore(more)).isEqualTo(1);
    assertThat(err).contains(message);
    assertThat(target).doesNotExist();
  }

  /** The rows of the restored cluster once it has recovered. */
  private List<String> rows(PostgresCluster restored) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> restored.value("SELECT pg_is_in_recovery()").equals("f"));
    return restored.psql("SELECT n FROM t ORDER BY n");
  }

  private void assertRows(String... rows) {
    try (PostgresCluster restored = PostgresCluster.open(target)) {
      assertThat(rows(restored)).containsExactly(rows);
      assertThat(restored.value("SELECT count(*) FROM pgbench_accounts")).isEqualTo("200000");
      assertThat(restored.value("SELECT n FROM fast")).isEqualTo("1");
      assertThat(restored.value("SHOW work_mem")).isEqualTo("8MB");
      assertThat(restored.value("SHOW archive_mode")).isEqualTo("off");
      restored.run("pg_amcheck", List.of("--all", "--install-missing")).orFail();
    }
  }

  @Test
  void latest_asPrimary_hasEverything() throws IOException {
    assertThat(restore("--restore-to-primary")).isZero();
    List<String> verify = new ArrayList<>(List.of("--no-parse-wal", "--ignore=tablespace_map"));
    verify.addAll(List.of("--ignore=pghoard_recovery_end.sh", target.toString()));
    source.cluster().directory().own(target);
    source.cluster().run("pg_verifybackup", verify).orFail();
    assertRows("1", "2", "3", "4");
  }

  @Test
  void latest_isAStandbyThatCanBePromoted() throws IOException {
    assertThat(restore("--archive-mode=preserve")).isZero();
    try (PostgresCluster restored = PostgresCluster.open(target)) {
      assertThat(restored.value("SELECT pg_is_in_recovery()")).isEqualTo("t");
      assertThat(restored.value("SHOW archive_mode")).isEqualTo("on");
      // The cluster that it comes from goes on, and keeps the archive for itself.
      restored.psql("ALTER SYSTEM SET archive_command = ''; SELECT pg_reload_conf();");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> restored.value("SELECT current_setting('archive_command') = ''").equals("t"));
      restored.promote();
      assertThat(rows(restored)).containsExactly("1", "2", "3", "4");
    }
  }

  @Test
  void targetName_endsThere() throws IOException {
    assertThat(restore("--recovery-target-name=one", "--recovery-target-action=promote")).isZero();
    assertRows("1");
  }

  @Test
  void targetTime_endsThere() throws IOException {
    assertThat(restore("--recovery-target-time=" + timeAtTwo, "--recovery-target-action=promote"))
        .isZero();
    assertRows("1", "2");
  }

  @Test
  void targetLsn_endsThere() throws IOException {
    assertThat(
            restore(
                "--recovery-target-lsn=" + lsnAtThree,
                "--recovery-target-exclusive",
                "--recovery-target-action=promote"))
        .isZero();
    assertRows("1", "2", "3");
  }

  @Test
  void targetImmediate_endsWithTheBackup() throws IOException {
    assertThat(restore("--recovery-target-immediate", "--recovery-target-action=promote")).isZero();
    assertRows();
  }

  @Test
  void gap_isRefused() throws IOException {
    source.deleteSegment(lastSegment.substring(0, 16) + earlier(lastSegment));
    try {
      refused("first missing segment is", "--restore-to-primary");
    } finally {
      source.archiveWal();
    }
  }

  @Test
  void targetOutsideTheArchive_isRefusedWithTheRange() throws IOException {
    refused("ended at", "--recovery-target-time=2020-01-01 00:00:00Z");
    refused("recovery can go to any time from", "--recovery-target-time=2100-01-01 00:00:00Z");
    refused("recovery can go up to", "--recovery-target-lsn=FF/0");
    assertThat(restore("--recovery-target-time=2026-01-01 00:00:00")).isEqualTo(2);
    assertThat(err).contains("offset from UTC");
  }

  @Test
  void tooLittleSpace_isRefusedWithBothNumbers() throws Exception {
    Path small = Files.createDirectory(home.resolve("small"));
    assertThat(run("mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", small.toString()))
        .as("a small tmpfs can be mounted: run the tests as root")
        .isZero();
    try {
      target = small.resolve("data");
      refused("not enough space for " + target + ": the restore needs ");
    } finally {
      run("umount", small.toString());
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  @Test
  void runningServer_isNotOverwritten() throws IOException {
    PostgresCluster cluster = source.cluster();
    assertThat(
            RestoreToolRun.of(
                arguments("--overwrite", "--target-dir=" + cluster.dataDirectory()).stream()
                    .filter(argument -> !argument.equals("--target-dir=" + target))
                    .toList()))
        .satisfies(run -> assertThat(run.err()).contains("postmaster.pid"))
        .extracting(RestoreToolRun::status)
        .isEqualTo(1);
    assertThat(cluster.value("SELECT 1")).isEqualTo("1");
  }

  private static String earlier(String segment) {
    return "%08X".formatted(Integer.parseInt(segment.substring(16), 16) - 1);
  }

  @Test
  void damagedChunk_leavesNothingThatStarts() throws IOException {
    Path chunk = source.chunkFile(2);
    byte[] before = Files.readAllBytes(chunk);
    try (FileChannel file = FileChannel.open(chunk, StandardOpenOption.WRITE)) {
      file.write(
          ByteBuffer.wrap(new byte[] {(byte) ~before[before.length / 2]}), before.length / 2);
    }
    try {
      assertThat(restore("--restore-to-primary")).isEqualTo(1);
      assertThat(err).contains("00000002.pghoard");
      assertThat(target.resolve("global/pg_control")).doesNotExist();
      assertThatThrownBy(() -> PostgresCluster.open(target).close());
    } finally {
      Files.write(chunk, before);
    }
    assertThat(restore("--restore-to-primary", "--overwrite")).isZero();
    assertRows("1", "2", "3", "4");
  }

  @Test
  void killedRestore_leavesNothingThatStarts_andIsRepeated() throws Exception {
    int survived = 0;
    for (int files = 1; files < 1000; files += 300) {
      Process process = startProcess(files == 1 ? List.of() : List.of("--overwrite"));
      int wanted = files;
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(5))
          .until(() -> !process.isAlive() || filesInTarget() >= wanted);
      process.destroyForcibly();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      if (Files.exists(target.resolve("global/pg_control"))) {
        survived++;
      } else {
        assertThatThrownBy(() -> PostgresCluster.open(target).close());
      }
    }
    assertThat(survived).as("restores that were done before the kill").isLessThan(4);
    assertThat(restore("--restore-to-primary", "--continue")).isZero();
    assertRows("1", "2", "3", "4");
  }

  /** Chunks of files that are whole are not even read: here they could not be. */
  @Test
  void continued_keepsWhatIsRight_andFetchesTheRest() throws Exception {
    assertThat(restore("--restore-to-primary")).isZero();
    Path altered = biggest(target.resolve("base"));
    Files.write(altered, new byte[8192], StandardOpenOption.WRITE);
    Files.setLastModifiedTime(altered, FileTime.fromMillis(0));
    Path lost = target.resolve("base/1/PG_VERSION");
    Files.delete(lost);
    Files.writeString(target.resolve("base/1/99999"), "of a later table");
    Files.createDirectories(target.resolve("pg_replslot/of_another_time"));
    Files.delete(target.resolve("pg_twophase"));
    Path kept = target.resolve("global/1260");
    FileTime before = Files.getLastModifiedTime(kept);
    // The settings of the first recovery are in it.
    Path settings = target.resolve("postgresql.auto.conf");
    Map<Path, byte[]> unreadable =
        source.spoilChunksWithout(List.of(altered, lost, settings), target);
    assertThat(unreadable).isNotEmpty();
    try {
      assertThat(restore("--restore-to-primary", "--continue")).as(err).isZero();
    } finally {
      for (Map.Entry<Path, byte[]> chunk : unreadable.entrySet()) {
        Files.write(chunk.getKey(), chunk.getValue());
      }
    }
    assertThat(out).contains(" were there as they were backed up, and were kept");
    assertThat(Files.getLastModifiedTime(kept)).isEqualTo(before);
    assertThat(target.resolve("base/1/99999")).doesNotExist();
    assertThat(target.resolve("pg_replslot")).isEmptyDirectory();
    assertThat(lost).hasContent("15");
    assertRows("1", "2", "3", "4");
    // What ran, and has other files and WAL now, is set back.
    assertThat(restore("--delta", "--recovery-target-name=one", "--recovery-target-action=promote"))
        .isZero();
    assertRows("1");
  }

  private static Path biggest(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  private long filesInTarget() throws IOException {
    if (!Files.isDirectory(target)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(target)) {
      return files.count();
    } catch (UncheckedIOException e) {
      return 0;
    }
  }

  private Process startProcess(List<String> more) throws IOException {
    List<String> options =
        List.of("-Xmx128m", "-Dpghoard.program=pghoard_restore", "-Djava.io.tmpdir=" + home);
    List<String> command =
        JavaCommand.of(
            Pghoard.class, options, arguments(more.toArray(String[]::new)).toArray(String[]::new));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true);
    builder.redirectOutput(home.resolve("restore.log").toFile());
    return builder.start();
  }
}
