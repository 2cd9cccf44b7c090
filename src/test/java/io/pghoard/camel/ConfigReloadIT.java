// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.archive.ArchivingSite;
import io.pghoard.backup.BaseBackupStatus;
import io.pghoard.camel.reload.ConfigReload;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.PostgresCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.Route;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator edits pghoard.json while the service runs. */
class ConfigReloadIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String SEGMENT = ArchivingService.FIRST;

  private static Path home;
  private static RunningService service;
  private static String good;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    home = directory;
    service = new RunningService(home);
    good = Files.readString(home.resolve("pghoard.json"));
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
  }

  @AfterEach
  void mend() throws Exception {
    service.writeConfig(good);
    await()
        .until(
            () ->
                Files.notExists(home.resolve("configuration_error"))
                    && service.send("GET", "/other/basebackup").statusCode() == 404
                    && service.send("GET", "/health").statusCode() == 200);
  }

  @Test
  void site_comesAndGoes_whileAnotherOneWorksOn() throws Exception {
    Route untouched = service.service().context().getRoute("site-wal-watch-main");
    Path data = home.resolve("other-data");
    ArchivingSite.makeCluster(data);
    Files.write(data.resolve("pg_wal").resolve(SEGMENT), ArchivingSite.segment(SEGMENT, 3));
    Files.createFile(data.resolve("pg_wal/archive_status/" + SEGMENT + ".ready"));
    service.reconfigure(root -> other(root, data));
    await().until(() -> Files.exists(home.resolve("other-repository/other/xlog/" + SEGMENT)));
    assertThat(service.send("GET", "/other/basebackup").statusCode()).isEqualTo(200);
    service.call(
        "alert-raise",
        Map.of(
            "site", new SiteName("other"), "alertName", "pg_hba_conf_error", "alertText", "text"));
    service.reconfigure(root -> ((ObjectNode) root.get("backup_sites")).remove("other"));
    await().until(() -> service.send("GET", "/other/basebackup").statusCode() == 404);
    await().until(() -> Files.notExists(home.resolve("pg_hba_conf_error")));
    assertThat(service.service().context().getRoutes())
        .noneMatch(route -> "other".equals(route.getGroup()));
    assertThat(service.service().context().getRoute("site-wal-watch-main")).isSameAs(untouched);
  }

  @Test
  void badFile_changesNothing_andIsAnAlertUntilItIsMended() throws Exception {
    service.writeConfig(good.substring(0, good.length() / 2));
    await().until(() -> Files.exists(home.resolve("configuration_error")));
    assertThat(home.resolve("configuration_error"))
        .content()
        .startsWith("site: -\n")
        .contains("pghoard.json is refused, and the previous configuration stays");
    assertThat(service.send("GET", "/main/basebackup").statusCode()).isEqualTo(200);
    service.writeConfig(good.replace("\"http_port\"", "\"http_prot\""));
    await()
        .untilAsserted(
            () -> assertThat(home.resolve("configuration_error")).content().contains("http_prot"));
  }

  @Test
  void alertOfAFormerRun_isCleared_whenTheFileIsGoodNow(@TempDir Path other) throws Exception {
    Files.writeString(
        other.resolve("configuration_error"),
        "site: -\nsince: 2026-01-01T00:00:00Z\nlast: 2026-01-01T00:00:00Z\n  a mistake\n");
    Files.writeString(
        other.resolve("wal_gap"),
        "site: gone\nsince: 2026-01-01T00:00:00Z\nlast: 2026-01-01T00:00:00Z\n  a gap\n");
    try (RunningService second = new RunningService(other)) {
      await().until(() -> Files.notExists(second.home.resolve("configuration_error")));
      await().until(() -> Files.notExists(second.home.resolve("wal_gap")));
    }
  }

  @Test
  void keyThatTakesARestart_staysAsItWas_andTheOthersAreTakenUp() throws Exception {
    int port = service.service().httpPort();
    service.reconfigure(
        root -> {
          root.put("http_port", 1).putObject("compression").put("algorithm", "zstd");
          root.put("webserver_username", "operator").put("webserver_password", "secret");
        });
    await().until(() -> service.send("GET", "/health").statusCode() == 401);
    assertThat(service.service().httpPort()).isEqualTo(port);
    assertThat(home.resolve("configuration_error")).doesNotExist();
  }

  @Test
  void backupLocation_cannotChange() throws Exception {
    service.reconfigure(root -> root.put("backup_location", home + "/elsewhere"));
    await().until(() -> Files.exists(home.resolve("configuration_error")));
    assertThat(home.resolve("configuration_error"))
        .content()
        .contains("$.backup_location", "it cannot change while pghoard runs");
    assertThat(home.resolve("elsewhere")).doesNotExist();
  }

  @Test
  void alertOfAMode_goesWithTheMode() throws Exception {
    service.call(
        "alert-raise",
        Map.of(
            "site",
            RunningService.SITE,
            "alertName",
            "archive_backlog_warning",
            "alertText",
            "much waits"));
    assertThat(home.resolve("archive_backlog_warning")).exists();
    service.reconfigure(
        root ->
            root.withObject("/backup_sites/main")
                .put("active_backup_mode", "standalone_hot_backup"));
    await().until(() -> Files.notExists(home.resolve("archive_backlog_warning")));
  }

  @Test
  void storeWithoutItsRoutes_isRefused_andTheSiteKeepsItsOwn() throws Exception {
    service.reconfigure(
        root ->
            root.withObject("/backup_sites/main/object_storage")
                .removeAll()
                .put("storage_type", "routed")
                .put("name", "rclown"));
    await().until(() -> Files.exists(home.resolve("configuration_error")));
    assertThat(home.resolve("configuration_error"))
        .content()
        .contains("there is no route from direct:repository-put-rclown");
    assertThat(service.send("GET", "/main/basebackup").statusCode()).isEqualTo(200);
  }

  @Test
  void siteThatATemplateDoesNotFit_isRefused_andTheOthersWorkOn() throws Exception {
    // Of a site whose data directory is not on this machine there is none.
    Path file = Files.createDirectories(home.resolve("routes")).resolve("site-odd.camel.yaml");
    Files.writeString(
        file,
        """
        - routeTemplate:
            id: site-odd
            parameters:
              - name: site
              - name: dataDirectory
            route:
              from:
                uri: scheduler:odd-{{site}}
                parameters:
                  delay: 1000
                steps:
                  - log: "{{dataDirectory}}"
        """);
    await().until(() -> service.service().context().getRoute("site-odd-main") != null);
    service.reconfigure(
        root -> {
          other(root, home.resolve("other-data"));
          ObjectNode site = root.withObject("/backup_sites/other");
          site.put("active_backup_mode", "pg_receivexlog").remove("pg_data_directory");
        });
    await().until(() -> Files.exists(home.resolve("configuration_error")));
    assertThat(home.resolve("configuration_error")).content().contains("dataDirectory");
    assertThat(service.send("GET", "/other/basebackup").statusCode()).isEqualTo(404);
    assertThat(service.send("GET", "/main/basebackup").statusCode()).isEqualTo(200);
    assertThat(service.service().context().getRoutes())
        .noneMatch(route -> "other".equals(route.getGroup()));
    Files.delete(file);
  }

  @Test
  void siteThatChanges_getsItsNewStorage_andTheNameOfTheOldSiteIsFree() throws Exception {
    Path data = home.resolve("data-of-two");
    ArchivingSite.makeCluster(data);
    Files.write(data.resolve("pg_wal").resolve(SEGMENT), ArchivingSite.segment(SEGMENT, 3));
    Files.createFile(data.resolve("pg_wal/archive_status/" + SEGMENT + ".done"));
    service.reconfigure(root -> other(root, data));
    await().until(() -> service.send("PUT", "/other/archive/" + SEGMENT).statusCode() == 201);
    assertThat(home.resolve("other-repository/other/xlog/" + SEGMENT)).exists();
    service.reconfigure(
        root ->
            ((ObjectNode) root.at("/backup_sites/other/object_storage"))
                .put("directory", home + "/second-repository"));
    await()
        .until(
            () -> {
              service.send("PUT", "/other/archive/" + SEGMENT);
              return Files.exists(home.resolve("second-repository/other/xlog/" + SEGMENT));
            });
    ConfigReload reload = service.service().bean("configReload", ConfigReload.class);
    assertThat(reload.waiting()).isEqualTo(Set.of());
  }

  @Test
  void baseBackup_keepsItsSitesSettings_untilItHasEnded_andAnotherSiteComes() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = new BackedUpCluster(cluster)) {
      RunningService daemon = site.running();
      held(site);
      Path data = site.home.resolve("other-data");
      ArchivingSite.makeCluster(data);
      daemon.reconfigure(
          root -> {
            other(root, data);
            ((ObjectNode) root.at("/backup_sites/main")).put("basebackup_count", 7);
          });
      await().until(() -> daemon.send("GET", "/other/basebackup").statusCode() == 200);
      ConfigReload reload = daemon.service().bean("configReload", ConfigReload.class);
      assertThat(reload.waiting()).containsExactly(RunningService.SITE);
      assertThat(count(daemon)).isEqualTo(1);
      Files.delete(site.home.resolve("hold"));
      await().atMost(LIMIT).until(() -> Objects.equals(count(daemon), 7));
      assertThat(site.status().last()).extracting(BaseBackupStatus.Ended::failure).isNull();
      assertThat(site.catalogue().baseBackups()).hasSize(1);
    }
  }

  @Test
  void baseBackupOfASiteThatGoes_isEnded_andLeavesNothing() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = new BackedUpCluster(cluster)) {
      RunningService daemon = site.running();
      held(site);
      daemon.reconfigure(root -> ((ObjectNode) root.get("backup_sites")).remove("main"));
      await().atMost(LIMIT).until(() -> daemon.send("GET", "/main/basebackup").statusCode() == 404);
      assertThat(site.status().last())
          .extracting(BaseBackupStatus.Ended::failure)
          .asString()
          .contains("the site was removed from pghoard.json");
      assertThat(site.home.resolve("repository/main"))
          .isDirectoryNotContaining("glob:**/*.pghoard");
      assertThat(BackedUpCluster.runningPrograms()).isEmpty();
    }
  }

  /** Starts a base backup that waits for its WAL. */
  private static void held(BackedUpCluster site) throws Exception {
    Files.createFile(site.home.resolve("hold"));
    assertThat(site.running().send("PUT", "/main/basebackup").statusCode()).isEqualTo(201);
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              BaseBackupStatus.Running running = site.status().running();
              return running != null && running.phase() == BaseBackupStatus.Phase.WAITING_FOR_WAL;
            });
  }

  private static @Nullable Integer count(RunningService daemon) throws Exception {
    Sites sites = daemon.service().bean("sites", Sites.class);
    return sites.get(RunningService.SITE).baseBackup().count();
  }

  private static void other(ObjectNode root, Path data) {
    ObjectNode site = root.at("/backup_sites/main").deepCopy();
    site.put("pg_data_directory", data.toString());
    ((ObjectNode) site.get("object_storage"))
        .put("directory", data.resolveSibling("other-repository").toString());
    ((ObjectNode) root.get("backup_sites")).set("other", site);
  }
}
