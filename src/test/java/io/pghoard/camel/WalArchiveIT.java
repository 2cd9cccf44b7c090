// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.codec.Compression;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.SmallFileSystem;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real PostgreSQL archives into the daemon, and recovers from it. */
class WalArchiveIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Path home;
  private PostgresCluster primary;
  private RunningService daemon;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    home = directory;
    ClusterOptions options =
        ClusterOptions.standard()
            .withWalSegmentMegabytes(1)
            .archivingWith("")
            .with("autovacuum", "off")
            .with("wal_keep_size", "1GB");
    primary = PostgresCluster.create(options);
    daemon = new RunningService(Files.createDirectory(home.resolve("a")), data(primary), r -> {});
    archiveInto(daemon, primary);
  }

  @AfterEach
  void end() throws IOException {
    daemon.close();
    primary.close();
  }

  private static Path data(PostgresCluster cluster) {
    return cluster.dataDirectory();
  }

  private static void archiveInto(RunningService service, PostgresCluster cluster) {
    cluster.configure(
        "archive_command",
        "%s --site main --xlog %%f --port %d"
            .formatted(
                cluster.directory().program("pghoard_archivecommand"),
                service.service().httpPort()));
  }

  /** The names that PostgreSQL has been told are archived. */
  private static Set<String> acknowledged(PostgresCluster cluster) throws IOException {
    return status(cluster, ".done");
  }

  private static Set<String> status(PostgresCluster cluster, String suffix) throws IOException {
    Set<String> names = new TreeSet<>();
    Path directory = cluster.walDirectory().resolve("archive_status");
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + suffix)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        names.add(name.substring(0, name.length() - suffix.length()));
      }
    }
    return names;
  }

  /** Finishes a segment and waits until nothing is left to be archived. */
  private static void drain(PostgresCluster cluster) throws IOException {
    String last = cluster.switchWal();
    await()
        .atMost(PATIENCE)
        .until(() -> acknowledged(cluster).contains(last) && status(cluster, ".ready").isEmpty());
  }

  private Set<String> stored(String prefix) throws IOException {
    return daemon.store().list("main/" + prefix).stream()
        .map(StoredObject::key)
        .map(ObjectKey::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private byte[] content(String name) throws IOException {
    String folder = name.endsWith(".history") ? "timeline/" : "xlog/";
    try (ObjectContent object = daemon.store().get(new ObjectKey("main/" + folder + name));
        InputStream plain = Compression.named("zstd", 0, 1).decode(object.stream())) {
      return plain.readAllBytes();
    }
  }

  @Test
  void everythingThatIsAcknowledged_isStoredAsItWas() throws Exception {
    primary.pgbench("-i", "-q", "-s", "5");
    primary.pgbench("-T", "5", "-c", "4");
    drain(primary);
    Set<String> acknowledged = acknowledged(primary);
    assertThat(acknowledged).hasSizeGreaterThan(30);
    for (String name : acknowledged) {
      assertThat(content(name)).isEqualTo(Files.readAllBytes(primary.walDirectory().resolve(name)));
    }
    assertThat(primary.value("SELECT failed_count FROM pg_stat_archiver")).isEqualTo("0");
  }

  @Test
  void promotion_neverStopsTheArchive() throws Exception {
    primary.pgbench("-i", "-q", "-s", "1");
    drain(primary);
    try (PostgresCluster standby = primary.standby();
        RunningService other = sharing("b", standby)) {
      archiveInto(other, standby);
      standby.psql("SELECT 1");
      primary.pgbench("-T", "1");
      primary.stop();
      standby.promote();
      standby.pgbench("-T", "1");
      drain(standby);
      assertThat(stored("timeline/")).containsExactly("00000002.history");
      assertThat(stored("xlog/"))
          .anyMatch(name -> name.matches("00000001[0-9A-F]{16}\\.partial"))
          .anyMatch(name -> name.matches("00000002[0-9A-F]{16}"));
      assertThat(acknowledged(standby))
          .allSatisfy(
              name ->
                  assertThat(content(name))
                      .isEqualTo(Files.readAllBytes(standby.walDirectory().resolve(name))));
      assertThat(standby.value("SELECT failed_count FROM pg_stat_archiver")).isEqualTo("0");
    }
  }

  /** A second daemon, of another cluster's directory, on the same repository. */
  private RunningService sharing(String name, PostgresCluster cluster) throws Exception {
    return new RunningService(
        Files.createDirectory(home.resolve(name)),
        data(cluster),
        root ->
            root.withObjectProperty("backup_sites")
                .withObjectProperty("main")
                .withObjectProperty("object_storage")
                .put("directory", home.resolve("a/repository").toString()));
  }

  @Test
  void fileThatIsHandedOverAgain_isAcknowledgedAgain() throws Exception {
    primary.pgbench("-i", "-q", "-s", "1");
    drain(primary);
    Set<String> before = acknowledged(primary);
    List<StoredObject> objects = daemon.store().list("");
    primary.stopImmediately();
    Path status = primary.walDirectory().resolve("archive_status");
    for (String name : before) {
      Files.move(status.resolve(name + ".done"), status.resolve(name + ".ready"));
    }
    daemon.close();
    daemon = new RunningService(home.resolve("a"), data(primary), r -> {});
    primary.start();
    archiveInto(daemon, primary);
    await().atMost(PATIENCE).until(() -> acknowledged(primary).containsAll(before));
    assertThat(daemon.store().list("")).containsAll(objects);
  }

  @Test
  void sameNameWithOtherContent_isNeverAcknowledged() throws Exception {
    drain(primary);
    String name = primary.switchWal();
    await().atMost(PATIENCE).until(() -> acknowledged(primary).contains(name));
    byte[] first = content(name);
    primary.stop();
    Path segment = primary.walDirectory().resolve(name);
    byte[] other = Files.readAllBytes(segment);
    other[other.length - 1] ^= 1;
    Files.write(segment, other);
    Path status = primary.walDirectory().resolve("archive_status");
    Files.move(status.resolve(name + ".done"), status.resolve(name + ".ready"));
    primary.start();
    await()
        .atMost(PATIENCE)
        .until(() -> primary.serverLog().contains("is already stored with different content"));
    assertThat(content(name)).isEqualTo(first);
    assertThat(home.resolve("a/archive_conflict")).exists();
    assertThat(acknowledged(primary)).doesNotContain(name);
  }

  @Test
  void recovery_readsEverything_andStopsAtAGapUntilItIsRepaired() throws Exception {
    primary.psql("CREATE TABLE t (n int)");
    Path restored = primary.directory().make("restored");
    primary
        .run("pg_basebackup", List.of("-D", restored.toString(), "-X", "none", "-c", "fast"))
        .orFail();
    for (int row = 1; row <= 8; row++) {
      primary.psql("INSERT INTO t VALUES (" + row + ")");
      primary.switchWal();
    }
    drain(primary);
    String middle = primary.value("SELECT pg_walfile_name(pg_current_wal_lsn() - 4 * 1048576)");
    Path object = home.resolve("a/repository/main/xlog/" + middle);
    Path aside = home.resolve("aside");
    Files.setPosixFilePermissions(restored, PosixFilePermissions.fromString("rwx------"));
    Files.createFile(restored.resolve("recovery.signal"));
    recoverWithin(5, restored);
    try (PostgresCluster copy = PostgresCluster.restored(restored)) {
      Files.move(object, aside);
      assertThat(fails(copy)).contains(middle + " is missing", "exit code 200");
      Files.move(aside, object);
      byte[] good = Files.readAllBytes(object);
      Files.write(object, new byte[good.length]);
      assertThat(fails(copy)).contains("data are damaged");
      Files.write(object, good);
      recoverWithin(120, restored);
      copy.start();
      await()
          .atMost(PATIENCE)
          .failFast(() -> assertThat(copy.running()).as(copy.serverLog()).isTrue())
          .until(() -> copy.value("SELECT NOT pg_is_in_recovery()").equals("t"));
      assertThat(copy.value("SELECT count(*) FROM t")).isEqualTo("8");
    }
  }

  private void recoverWithin(int seconds, Path restored) throws IOException {
    String command =
        "%s --mode restore --site main --xlog %%f --output %%p --port %d --deadline %d"
            .formatted(
                primary.directory().program("pghoard_postgres_command"),
                daemon.service().httpPort(),
                seconds);
    Files.writeString(
        restored.resolve("postgresql.auto.conf"),
        "restore_command = '%s'\narchive_mode = off\n".formatted(command));
  }

  /** Starts a server that must end by itself; its log. */
  private static String fails(PostgresCluster cluster) {
    try {
      cluster.start();
    } catch (IllegalStateException e) {
      return cluster.serverLog();
    }
    await().atMost(PATIENCE).until(() -> !cluster.running());
    return cluster.serverLog();
  }

  @Test
  void daemonThatIsDown_costsPostgresqlNothingButTime() throws Exception {
    daemon.close();
    String name = primary.switchWal();
    await()
        .atMost(PATIENCE)
        .until(() -> primary.serverLog().contains("no pghoard daemon listens on"));
    assertThat(acknowledged(primary)).doesNotContain(name);
    daemon = new RunningService(home.resolve("a"), data(primary), r -> {});
    archiveInto(daemon, primary);
    await().atMost(PATIENCE).until(() -> acknowledged(primary).contains(name));
  }

  @Test
  void repositoryThatIsFull_isFilledOnOnceThereIsSpace() throws Exception {
    Path repository = home.resolve("a/repository");
    byte[] marker = Files.readAllBytes(repository.resolve(".pghoard-repository"));
    try (SmallFileSystem disk = SmallFileSystem.mount(repository, 2 << 20)) {
      // The disk is the one that the daemon knows; another one would be refused.
      Files.write(repository.resolve(".pghoard-repository"), marker);
      primary.psql(
          "CREATE TABLE t AS SELECT md5(random()::text) || md5(n::text) AS x"
              + " FROM generate_series(1, 100000) n");
      primary.switchWal();
      await().atMost(PATIENCE).until(() -> primary.serverLog().contains("No space left on device"));
      disk.resize(64 << 20);
      drain(primary);
      for (String name : acknowledged(primary)) {
        assertThat(content(name)).hasSize(1 << 20);
      }
      daemon.close();
    }
  }
}
