// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.archive.ArchivingSite;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.DamageMarks;
import io.pghoard.repository.LocalObjectStore;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.SmallFileSystem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code pghoard check} beside a daemon that has taken a base backup: all is well; then one fault
 * at a time, each found and named, and nothing else.
 */
class CheckIT {
  private static final String PASSWORD = "the one and only";

  private static PostgresCluster cluster;
  private static DaemonProcess daemon;

  @BeforeAll
  static void backUp(@TempDir Path home) throws Exception {
    int port = DaemonProcess.freePort();
    cluster =
        PostgresCluster.create(
            ClusterOptions.standard()
                .withWalSegmentMegabytes(1)
                .withChecksums()
                .archivingWith("false"));
    cluster.configure("archive_command", DaemonProcess.archiveCommand(cluster, port));
    cluster.psql("CREATE USER pghoard REPLICATION PASSWORD '" + PASSWORD + "'");
    cluster.psql("CREATE USER outside REPLICATION");
    cluster.psql("CREATE USER reader");
    Path hba = cluster.dataDirectory().resolve("pg_hba.conf");
    Files.writeString(
        hba,
        """
        host all pghoard 127.0.0.1/32 scram-sha-256
        host replication pghoard 127.0.0.1/32 scram-sha-256
        host replication outside 127.0.0.1/32 reject
        """
            + Files.readString(hba));
    cluster.psql("SELECT pg_reload_conf()");
    daemon = DaemonProcess.start(home, cluster, port, "24");
    await()
        .atMost(Duration.ofMinutes(1))
        .failFast(home + "/daemon.log: it has ended", () -> !daemon.isAlive())
        .ignoreExceptions()
        .until(() -> daemon.json("GET", "/main/basebackup").path("basebackups").size() == 1);
    // The archiver itself is told a little later than the look-ahead has stored the file.
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> !cluster.value("SELECT archived_count FROM pg_stat_archiver").equals("0"));
  }

  @AfterAll
  static void end() {
    if (daemon != null) {
      daemon.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void siteThatIsAllRight_isOkThroughout() throws Exception {
    String left = "check-11111111-2222-3333-4444-555555555555";
    Path leftovers = Files.createDirectories(daemon.repository().resolve("pghoard_check"));
    Path old = Files.writeString(leftovers.resolve(left), "left by a check that was killed");
    Files.writeString(leftovers.resolve(left + ".metadata"), "{}");
    Files.setLastModifiedTime(old, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));

    RestoreToolRun run = check(config(root -> {}));

    assertThat(run.out().lines())
        .allMatch(line -> line.startsWith("ok ") || line.matches("\\d+ ok, 0 .*, 0 .*, 0 failed"))
        .anyMatch(line -> line.contains("main: store: put again ("))
        .anyMatch(line -> line.contains("main: archive: restorable ("))
        .anyMatch(line -> line.contains("main: postgres: replication connection ("))
        .anyMatch(line -> line.contains("main: postgres: archive_command ("))
        .anyMatch(line -> line.contains("main: daemon: answers ("));
    assertThat(run.status()).isZero();
    assertThat(leftovers).doesNotExist();
  }

  @Test
  void json_isOneObject_andADaemonThatIsDownFails() throws Exception {
    RestoreToolRun run = check(config(root -> root.put("http_port", 1)), "--json");

    JsonNode all = new ObjectMapper().readTree(run.out());
    assertThat(run.status()).isEqualTo(1);
    assertThat(all.path("outcome").asText()).isEqualTo("failed");
    assertThat(all.path("checks"))
        .filteredOn(check -> !check.path("outcome").asText().equals("ok"))
        .singleElement()
        .satisfies(
            check -> {
              assertThat(check.path("check").asText()).isEqualTo("daemon: answers");
              assertThat(check.path("outcome").asText()).isEqualTo("failed");
              assertThat(check.path("remedy").asText()).contains("start it");
            });
  }

  @Test
  void wrongPassword_isNamed_andNotShown() throws Exception {
    Path config = config(root -> site(root).putArray("nodes").add(node("pghoard", "no secret?")));

    RestoreToolRun run = check(config);

    assertThat(failures(run))
        .containsExactly("main: postgres: connection", "main: postgres: replication connection");
    assertThat(run.out())
        .contains("password authentication failed", "ALTER ROLE \"pghoard\" PASSWORD")
        .doesNotContain("no secret?");
    assertThat(run.out().lines())
        .filteredOn(line -> line.startsWith("unknown "))
        .anyMatch(line -> line.contains("main: postgres: wal_level"))
        .anyMatch(line -> line.contains("main: postgres: data directory"));
  }

  @Test
  void roleThatPgHbaLetsNotReplicate_isToldTheLine() throws Exception {
    RestoreToolRun run =
        check(config(root -> site(root).putArray("nodes").add(node("outside", ""))));

    assertThat(failures(run)).containsExactly("main: postgres: replication connection");
    assertThat(run.out()).contains("host replication outside ADDRESS scram-sha-256");
  }

  @Test
  void roleWithoutReplication_isToldTheStatement() throws Exception {
    RestoreToolRun run =
        check(config(root -> site(root).putArray("nodes").add(node("reader", ""))));

    assertThat(failures(run))
        .containsExactly("main: postgres: replication connection", "main: postgres: role");
    assertThat(run.out()).contains("ALTER ROLE \"reader\" REPLICATION");
  }

  @Test
  void storeThatIsNotMounted_failsEveryCall(@TempDir Path directory) throws Exception {
    RestoreToolRun run =
        check(config(root -> storage(root).put("directory", directory + "/nowhere")));

    assertThat(failures(run))
        .containsExactly(
            "main: store: list",
            "main: store: put",
            "main: store: delete",
            "main: archive: base backups");
    assertThat(run.out()).contains("is its file system mounted?");
  }

  @Test
  void mountPointWithoutItsFileSystem_isFound_andNothingIsWrittenThere() throws Exception {
    Path repository = daemon.home.resolve("repository");
    Path away = Files.move(repository, daemon.home.resolve("unmounted"));
    RestoreToolRun run;
    try {
      Files.createDirectory(repository);
      run = check(config(root -> {}));
      assertThat(repository).isEmptyDirectory();
    } finally {
      deleteTree(repository);
      Files.move(away, repository);
    }

    assertThat(failures(run)).containsExactly("main: store: repository");
    assertThat(run.out()).contains("mount its file system");
  }

  private static void deleteTree(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void storeThatIsReadOnly_failsToPutAndDelete(@TempDir Path directory) throws Exception {
    try (SmallFileSystem disk = SmallFileSystem.mount(directory.resolve("disk"), 16 << 20)) {
      Files.createDirectories(disk.directory().resolve("main/pghoard_check"));
      disk.makeReadOnly();

      RestoreToolRun run =
          check(config(root -> storage(root).put("directory", disk.directory().toString())));

      assertThat(failures(run))
          .contains("main: store: put")
          .doesNotContain("main: store: list", "main: postgres: connection");
      assertThat(run.out()).contains("Read-only file system", "mount it writable");
    }
  }

  @Test
  void alertDirectoryThatIsNone_isAFaultOfTheMachine(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    RestoreToolRun run = check(config(root -> root.put("alert_file_dir", file.toString())));

    assertThat(failures(run)).containsExactly("machine: $.alert_file_dir");
  }

  @Test
  void archiveCommandOfAnotherSite_isFound() throws Exception {
    RestoreToolRun run =
        check(
            config(
                root -> {
                  ObjectNode sites = root.withObject("/backup_sites");
                  ObjectNode site = (ObjectNode) sites.remove("main");
                  sites.set("other", site.put("prefix", "main"));
                }));

    assertThat(failures(run))
        .containsExactly("other: postgres: archive_command", "other: daemon: answers");
    assertThat(run.out())
        .contains("archive_command names another site, main", "--site other --xlog %f");
  }

  @Test
  void dataDirectoryOfAnotherCluster_isFound(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("PG_VERSION"), "15\n");
    Files.write(
        Files.createDirectory(directory.resolve("global")).resolve("pg_control"),
        ByteBuffer.allocate(12).putLong(42L).array());

    RestoreToolRun run =
        check(config(root -> site(root).put("pg_data_directory", directory.toString())));

    assertThat(failures(run)).containsExactly("main: postgres: data directory");
    assertThat(run.out()).contains("they are different clusters");
  }

  @Test
  void repositoryOfAnotherCluster_isFound(@TempDir Path directory) throws Exception {
    copy(daemon.home.resolve("repository"), directory);
    try (Stream<Path> files = Files.list(directory.resolve("main/basebackup"))) {
      for (Path sidecar : files.filter(file -> file.toString().endsWith(".metadata")).toList()) {
        String text = Files.readString(sidecar);
        Files.writeString(
            sidecar,
            text.replaceAll("\"system-identifier\":\"\\d+\"", "\"system-identifier\":\"42\""));
      }
    }

    RestoreToolRun run =
        check(config(root -> storage(root).put("directory", directory.toString())));

    assertThat(failures(run)).containsExactly("main: postgres: repository");
    assertThat(run.out()).contains("\"prefix\": \"main-2\"");
  }

  // No base backup tells it, and the metadata of the Python pghoard's WAL does not either.
  @Test
  void repositoryWithWalOfAnotherClusterAlone_isFound(@TempDir Path directory) throws Exception {
    String name = "000000010000000000000003";
    byte[] segment = ArchivingSite.segment(name, 1);
    new LocalObjectStore(directory)
        .put(new ObjectKey("main/xlog/" + name), Map.of(), new ByteArrayInputStream(segment));

    RestoreToolRun run =
        check(config(root -> storage(root).put("directory", directory.toString())));

    assertThat(failures(run)).contains("main: postgres: repository");
    assertThat(run.out()).contains(Long.toString(ArchivingSite.CLUSTER), "main/xlog/" + name);
  }

  @Test
  void walWithAGap_isFound(@TempDir Path directory) throws Exception {
    copy(daemon.home.resolve("repository"), directory);
    List<Path> segments;
    try (Stream<Path> files = Files.list(directory.resolve("main/xlog"))) {
      segments =
          files
              .filter(file -> file.getFileName().toString().matches("[0-9A-F]{24}"))
              .sorted()
              .toList();
    }
    for (Path segment : segments) {
      Files.delete(segment);
    }

    RestoreToolRun run =
        check(config(root -> storage(root).put("directory", directory.toString())));

    assertThat(failures(run)).contains("main: archive: restorable");
    assertThat(run.out()).contains("cannot be restored: it needs the WAL segments");
  }

  @Test
  void baseBackupThatWasFoundDamaged_isTold(@TempDir Path directory) throws Exception {
    copy(daemon.home.resolve("repository"), directory);
    LocalObjectStore store = new LocalObjectStore(directory);
    ObjectKey chunk = store.keys("main/basebackup_chunk/").get(0);
    new DamageMarks(store, new SiteKeys("main")).mark(chunk, "it was changed");

    RestoreToolRun run =
        check(config(root -> storage(root).put("directory", directory.toString())));

    assertThat(failures(run)).contains("main: archive: restorable");
    assertThat(run.out()).contains("is damaged: [" + chunk + "]", "PUT /main/basebackup");
  }

  @Test
  void storeThatOverwrites_isFound(@TempDir Path routes) throws Exception {
    Files.writeString(
        routes.resolve("repository-put.camel.yaml"),
        """
        - route:
            id: repository-put
            from:
              uri: direct:repository-put
              steps:
                - toD:
                    uri: exec:/bin/rm
                    parameters:
                      args: "-f %s/${variable.objectKey}"
                    variableReceive: removed
                - to:
                    uri: bean:stores
                    parameters:
                      method: put(${variable.site}, ${variable.objectKey}, ${variable.objectMetadata}, ${body})
        """
            .formatted(daemon.home.resolve("repository")));

    RestoreToolRun run = check(config(root -> root.put("routes_directory", routes.toString())));

    assertThat(failures(run)).containsExactly("main: store: put again");
    assertThat(run.out()).contains("accepted other bytes under an existing key");
    assertThat(daemon.repository().resolve("pghoard_check")).doesNotExist();
  }

  @Test
  void brokenRouteFiles_areEachNamed_andTheRestIsChecked(@TempDir Path routes) throws Exception {
    String route =
        """
        - route:
            id: %1$s
            from:
              uri: direct:%1$s
              steps:
                - to: %2$s
        """;
    Files.writeString(
        routes.resolve("alert-chat.camel.yaml"),
        route.formatted("alert-chat", "bean:alerts?method=rise"));
    Files.writeString(
        routes.resolve("my-report.camel.yaml"), route.formatted("my-report", "direct:my-raport"));

    RestoreToolRun run = check(config(root -> root.put("routes_directory", routes.toString())));

    assertThat(failures(run)).containsExactly("pghoard.json: routes", "pghoard.json: routes");
    assertThat(run.out())
        .contains("alert-chat.camel.yaml, line 6: the bean alerts has no method rise; it has ")
        .contains("my-report.camel.yaml, line 6: no route begins with direct:my-raport")
        .contains("ok       main: store: put again");
  }

  @Test
  void mistakeInTheFile_isAFindingToo_andAWrongSiteIsAMistakeOfUse() throws Exception {
    RestoreToolRun mistake = check(config(root -> root.put("http_prot", 1)));
    assertThat(mistake.status()).isEqualTo(1);
    assertThat(mistake.out()).startsWith("FAILED   pghoard.json: $.http_prot (");

    RestoreToolRun wrong = check(config(root -> {}), "--site", "mian");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("there is no site mian, there are [main]");
  }

  @Test
  void storeOfOnesOwnWithoutItsRoutes_isFound() throws Exception {
    RestoreToolRun run =
        check(
            config(
                root ->
                    storage(root).removeAll().put("storage_type", "routed").put("name", "rclown")));

    assertThat(failures(run)).containsExactly("pghoard.json: routes");
    assertThat(run.out()).contains("there is no route from direct:repository-put-rclown");
  }

  private static Path config(Consumer<ObjectNode> edit) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = (ObjectNode) json.readTree(Files.readString(daemon.config()));
    site(root).putArray("nodes").add(node("pghoard", PASSWORD));
    edit.accept(root);
    Path file = Files.createTempFile(daemon.home, "check", ".json");
    return Files.writeString(file, json.writeValueAsString(root));
  }

  private static ObjectNode site(ObjectNode root) {
    return root.withObject("/backup_sites/main");
  }

  private static ObjectNode storage(ObjectNode root) {
    return site(root).withObject("/object_storage");
  }

  private static String node(String user, String password) {
    return "host=127.0.0.1 port=%d dbname=postgres user=%s password='%s'"
        .formatted(cluster.port(), user, password);
  }

  private static RestoreToolRun check(Path config, String... more) {
    List<String> arguments = new ArrayList<>(List.of("check", "--config", config.toString()));
    arguments.addAll(List.of(more));
    return RestoreToolRun.of(DaemonCommand::run, arguments);
  }

  /** The names of the checks that have failed, which make the exit status 1. */
  private static List<String> failures(RestoreToolRun run) {
    assertThat(run.status()).as(run.out() + run.err()).isEqualTo(1);
    return run.failedChecks();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}
