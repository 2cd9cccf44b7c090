// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.alert.AlertChange;
import io.pghoard.alert.BaseBackupAlert;
import io.pghoard.alert.TimerRuns;
import io.pghoard.alert.TimerState;
import io.pghoard.backup.BaseBackupStatus;
import io.pghoard.backup.BaseBackupStatus.Ended;
import io.pghoard.backup.BaseBackups;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.Sites;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkWatchTest {
  private static final String[] QUICK = {
    "pghoard.watch.period", "50",
    "pghoard.retention.delay", "50",
    "pghoard.retention.period", "50"
  };

  @Test
  void retentionOfAStoreThatIsGone_isAnAlert_untilTheStoreIsBack(@TempDir Path home)
      throws Exception {
    Path repository = home.resolve("repository");
    Path away = home.resolve("away");
    Path alert = home.resolve("retention_failed");
    try (RunningService service = RunningService.with(home, QUICK)) {
      Files.move(repository, away);
      await().until(() -> Files.exists(alert));
      assertThat(alert).content().contains("site: main", "retention has failed", "mounted");
      Files.move(away, repository);
      await().until(() -> Files.notExists(alert));
      assertThat(service.json("/status").at("/alerts")).isEmpty();
    }
  }

  @Test
  void everyTimer_isFollowed_intoTheRoutesThatItGoesTo(@TempDir Path home) throws Exception {
    try (RunningService service = RunningService.with(home, QUICK)) {
      TimerRuns runs = service.service().bean("timerRuns", TimerRuns.class);
      await().until(() -> state(runs, "site-retention-schedule-main").known());
      TimerState retention = state(runs, "site-retention-schedule-main");
      assertThat(retention.route().site()).isEqualTo(RunningService.SITE);
      assertThat(retention.route().isOf("site-retention-schedule")).isTrue();
      assertThat(retention.route().period()).hasMillis(50);
      assertThat(runs.states())
          .extracting(state -> state.route().id())
          .contains(
              "state-write",
              "config-reload",
              "work-watch",
              "watchdog",
              "site-scrub-main",
              "site-base-backup-schedule-main",
              "site-upload-sweep-main")
          .doesNotContain("retention-apply", "wal-archive");
      service.reconfigure(root -> root.withObject("/backup_sites/main").put("active", false));
      await()
          .untilAsserted(
              () ->
                  assertThat(runs.states())
                      .noneMatch(state -> state.route().id().endsWith("-main")));
    }
  }

  @Test
  void failureThatATimersRouteCatches_isNone(@TempDir Path home) throws Exception {
    Files.writeString(
        Files.createDirectories(home.resolve("routes")).resolve("own.camel.yaml"),
        """
        - route:
            id: own
            description: Tries something.
            from:
              uri: timer:own
              parameters:
                period: 50
              steps:
                - doTry:
                    steps:
                      - throwException:
                          exceptionType: java.io.IOException
                          message: as expected
                    doCatch:
                      - exception:
                          - java.io.IOException
                        steps:
                          - log: "caught"
        """);
    try (RunningService service = new RunningService(home)) {
      TimerRuns runs = service.service().bean("timerRuns", TimerRuns.class);
      await().until(() -> state(runs, "own").known());
      assertThat(state(runs, "own").failures()).isZero();
    }
  }

  @Test
  void stateFileThatCannotBeWritten_isAFailureOfItsRoute(@TempDir Path home) throws Exception {
    try (RunningService service =
        RunningService.configured(
            home, root -> root.put("json_state_file_path", home + "/none/state.json"))) {
      TimerRuns runs = service.service().bean("timerRuns", TimerRuns.class);
      await().until(() -> state(runs, "state-write").failures() > 0);
      assertThat(state(runs, "state-write").failure()).contains(home + "/none");
    }
  }

  @Test
  void baseBackups_areAnAlertAfterTheSecondFailure_untilOneSucceeds(@TempDir Path home)
      throws Exception {
    try (RunningService service = new RunningService(home)) {
      SiteConfig site = service.service().bean("sites", Sites.class).get(RunningService.SITE);
      assertThat(BaseBackupAlert.change(site, status(1, "no space"))).isNull();
      assertThat(BaseBackupAlert.change(site, status(2, "no space")))
          .extracting(AlertChange::text)
          .asString()
          .contains("2 base backups in a row have failed", "no space", "PUT /main/basebackup");
      assertThat(BaseBackupAlert.change(site, status(0, null)))
          .isEqualTo(AlertChange.gone("base_backup_failed", RunningService.SITE));
      assertThat(BaseBackupAlert.change(site, new BaseBackupStatus(null, null, 0))).isNull();
    }
  }

  @Test
  void failuresOfBaseBackups_areCountedOverRestarts_withTheOneThatWasCutOff(@TempDir Path home)
      throws Exception {
    Map<String, Object> site = Map.of("failed_basebackups", 1, "running_basebackup", Map.of());
    Map<String, Object> state = Map.of("state_version", 1, "backup_sites", Map.of("main", site));
    Files.write(home.resolve("state.json"), new ObjectMapper().writeValueAsBytes(state));
    try (RunningService service = RunningService.with(home, QUICK)) {
      BaseBackups backups = service.service().bean("baseBackups", BaseBackups.class);
      assertThat(backups.status(RunningService.SITE).failures()).isEqualTo(2);
      Path alert = home.resolve("base_backup_failed");
      await().until(() -> Files.exists(alert));
      assertThat(alert)
          .content()
          .contains("site: main", "were interrupted when the daemon stopped");
    }
  }

  private static BaseBackupStatus status(int failures, @Nullable String failure) {
    Ended last = new Ended("2026-11-22_09-00_0", Instant.EPOCH, Instant.EPOCH, failure);
    return new BaseBackupStatus(null, last, failures);
  }

  private static TimerState state(TimerRuns runs, String route) {
    Optional<TimerState> found =
        runs.states().stream().filter(state -> state.route().id().equals(route)).findFirst();
    return found.orElseThrow();
  }
}
