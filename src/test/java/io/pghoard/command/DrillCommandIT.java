// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.camel.RunningService;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.postgres.WalSegmentScan;
import io.pghoard.repository.LocalObjectStore;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.WalRecordFacts;
import io.pghoard.restore.BackedUpCluster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drills on a real cluster, with WAL from a daemon: what is stored damaged makes them fail. */
class DrillCommandIT {
  private static BackedUpCluster source;
  private static RunningService daemon;
  private static Path home;
  private static Path directory;
  private static Path program;
  private static List<String> segments;

  @BeforeAll
  static void backUp(@TempDir Path temporary) throws Exception {
    home = temporary;
    source = new BackedUpCluster(home);
    PostgresCluster cluster = source.cluster();
    cluster.psql("CREATE TABLE t (n int)");
    cluster.psql(
        "CREATE TABLESPACE fast LOCATION '" + cluster.directory().make("fast").toString() + "'");
    cluster.psql("CREATE TABLE fast (n int) TABLESPACE fast; INSERT INTO fast VALUES (1)");
    source.backUp();
    for (int row = 1; row <= 3; row++) {
      cluster.psql("INSERT INTO t VALUES (" + row + ")");
      source.archiveWal();
    }
    program = cluster.directory().program("pghoard_postgres_command");
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode config = (ObjectNode) mapper.readTree(Files.readAllBytes(source.configFile()));
    daemon = RunningService.configured(home, root -> {});
    config.put("http_port", daemon.service().httpPort());
    Files.write(home.resolve("drill.json"), mapper.writeValueAsBytes(config));
    directory = Files.createDirectory(home.resolve("scratch"));
    cluster.directory().own(directory);
    try (Stream<Path> files = Files.list(home.resolve("repository/main/xlog"))) {
      segments =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.matches("[0-9A-F]{24}"))
              .sorted()
              .toList();
    }
    tellCommitTimes();
  }

  /** Stores the segments anew, with what a daemon learns of their records. */
  private static void tellCommitTimes() throws IOException {
    LocalObjectStore store = new LocalObjectStore(home.resolve("repository"));
    for (String segment : segments) {
      ObjectKey key = new ObjectKey("main/xlog/" + segment);
      byte[] bytes;
      try (ObjectContent content = store.get(key)) {
        bytes = content.stream().readAllBytes();
      }
      WalSegmentScan scan = new WalSegmentScan();
      scan.add(bytes, 0, bytes.length);
      Map<String, String> metadata = new TreeMap<>();
      metadata.put("original-file-size", Integer.toString(bytes.length));
      scan.end().map(WalRecordFacts::metadata).ifPresent(metadata::putAll);
      store.delete(key);
      store.put(key, metadata, new ByteArrayInputStream(bytes));
    }
  }

  @AfterAll
  static void end() throws IOException {
    daemon.close();
    source.close();
  }

  private static RestoreToolRun drill(String... more) {
    return drillIn(directory, more);
  }

  private static RestoreToolRun drillIn(Path place, String... more) {
    List<String> arguments = new ArrayList<>(List.of("drill", "--config"));
    arguments.add(home.resolve("drill.json").toString());
    arguments.addAll(List.of("--pghoard-postgres-command-bin", program.toString()));
    arguments.addAll(List.of("--directory", place.toString()));
    arguments.addAll(List.of(more));
    return RestoreToolRun.of(DaemonCommand::run, arguments);
  }

  private static Path queries(String text) throws IOException {
    return Files.writeString(home.resolve("drill.sql"), text);
  }

  private static void assertFails(String reason, String... more) throws IOException {
    RestoreToolRun run = drill(more);
    assertThat(run.status()).as(run.out() + run.err()).isEqualTo(1);
    assertThat(run.out()).startsWith("Restore drill: FAILED: ").contains(reason);
    assertNothingIsLeft();
  }

  private static void assertNothingIsLeft() {
    assertThat(directory.resolve("pghoard_drill")).doesNotExist();
    assertThat(
            ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(directory + "/pghoard_drill")))
        .isEmpty();
  }

  /** Changes a stored file for as long as something is done. */
  private static void changed(Path file, Trial trial) throws IOException {
    byte[] before = Files.readAllBytes(file);
    byte[] after = before.clone();
    after[after.length / 2] ^= 1;
    Files.write(file, after);
    try {
      trial.run();
    } finally {
      Files.write(file, before);
    }
  }

  private interface Trial {
    void run() throws IOException;
  }

  @Test
  void goodBackup_passes_andItsReportIsKept() throws IOException {
    Path sql = queries("-- rows\nSELECT count(*) = 3 FROM t;\nSELECT n = 1 FROM fast;\n");
    // What a drill that was killed has left is deleted.
    Files.createDirectories(directory.resolve("pghoard_drill/data"));
    RestoreToolRun run = drill("--json", "--queries", sql.toString());
    assertThat(run.status()).as(run.out() + run.err()).isZero();
    JsonNode report = new ObjectMapper().readTree(run.out());
    assertThat(report.path("passed").asBoolean()).isTrue();
    assertThat(report.path("basebackup").asText()).isEqualTo(BackedUpCluster.BACKUP);
    assertThat(report.path("queries")).hasSize(2);
    assertThat(report.path("pg_amcheck").asText()).isEqualTo("found nothing");
    assertThat(report.path("seconds_to_restore").asDouble()).isPositive();
    assertThat(report.path("seconds_to_recover").asDouble()).isPositive();
    assertThat(report.path("last_commit_reached").asText())
        .isEqualTo(report.path("last_commit_expected").asText());
    assertThat(RestoreToolRun.check(home.resolve("drill.json")).out())
        .containsPattern("(?m)^ok +main: archive: drill .*the last one that passed was 0 h ago");
    assertNothingIsLeft();
    try (Stream<Path> kept = Files.list(home.resolve("repository/main/drill"))) {
      assertThat(kept.map(Path::toString).filter(name -> name.endsWith("_passed.txt")))
          .isNotEmpty();
    }
  }

  @Test
  void damagedObjects_failIt() throws IOException {
    changed(source.chunkFile(1), () -> assertFails("00000001.pghoard"));
    Path main =
        home.resolve("repository/main/basebackup/" + BackedUpCluster.BACKUP + ".00000000.pghoard");
    changed(main, () -> assertFails("backup_manifest "));
    String middle = segments.get(segments.size() - 2);
    changed(home.resolve("repository/main/xlog/" + middle), () -> assertFails(middle));
  }

  @Test
  void missingObjects_failIt() throws IOException {
    Path chunk = source.chunkFile(1);
    Path aside = home.resolve("aside");
    Files.move(chunk, aside);
    try {
      assertFails("00000001.pghoard is not in the repository");
    } finally {
      Files.move(aside, chunk);
    }
    String middle = segments.get(segments.size() - 2);
    Path segment = home.resolve("repository/main/xlog/" + middle);
    Files.move(segment, aside);
    try {
      assertFails(middle);
    } finally {
      Files.move(aside, segment);
    }
  }

  @Test
  void queryThatIsNotTrue_failsIt_andIsNamed() throws IOException {
    Path sql = queries("SELECT true;\nSELECT count(*) = 4 FROM t;\nSELECT n FROM lost;\n");
    assertFails("the query \"SELECT count(*) = 4 FROM t\" gave f", "--queries", sql.toString());
  }

  @Test
  void randomMoment_isReached() {
    RestoreToolRun run = drill("--random");
    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(run.out()).startsWith("Restore drill: PASSED").contains("recovery target  ");
  }

  @Test
  void deadline_failsIt() throws IOException {
    Path sql = queries("SELECT pg_sleep(600) IS NOT NULL;\n");
    assertFails("longer than its timeout", "--timeout", "15", "--queries", sql.toString());
  }

  @Test
  void directoryOfRoot_isRefused() throws IOException {
    Path ours = Files.createDirectory(home.resolve("ours"));
    RestoreToolRun run = drillIn(ours);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains("PostgreSQL does not run as root, and ");
    assertThat(ours).isEmptyDirectory();
  }
}
