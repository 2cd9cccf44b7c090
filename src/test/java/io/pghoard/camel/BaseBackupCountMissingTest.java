// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.ObjectKey;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseBackupCountMissingTest {
  /** A base backup of one segment; null: of the Python pghoard. */
  private static void backup(RunningService service, int number, @Nullable String takenBy)
      throws Exception {
    String segment = "00000001000000000000000" + number;
    Map<String, String> metadata = new TreeMap<>();
    metadata.put("start-time", "2026-11-0%dT00:00:00+00:00".formatted(number));
    metadata.put("start-wal-segment", segment);
    if (takenBy != null) {
      metadata.put(BaseBackup.TAKEN_BY, takenBy);
    }
    put(service, "main/xlog/" + segment, Map.of());
    put(service, "main/basebackup/" + number, metadata);
  }

  private static void put(RunningService service, String key, Map<String, String> metadata)
      throws Exception {
    service.store().put(new ObjectKey(key), metadata, InputStream.nullInputStream());
  }

  private static List<ObjectKey> kept(RunningService service) throws Exception {
    service.call("retention-apply", Map.of("site", RunningService.SITE));
    return service.store().keys("main/basebackup/");
  }

  private static RunningService withoutCount(Path home) throws Exception {
    RunningService service =
        RunningService.configured(
            home, root -> root.withObject("/backup_sites/main").remove("basebackup_count"));
    Files.writeString(home.resolve("spool/pghoard_id"), "this one\n");
    return service;
  }

  @Test
  void backupsOfThePythonPghoard_areKept_untilSomebodySaysHowMany(@TempDir Path home)
      throws Exception {
    Path alert = home.resolve("basebackup_count_missing");
    try (RunningService service = withoutCount(home)) {
      backup(service, 1, null);
      backup(service, 2, "another one");
      backup(service, 3, "this one");
      assertThat(kept(service)).hasSize(3);
      assertThat(alert)
          .content()
          .contains("3 base backups are stored, 2 of which this daemon has not taken")
          .contains("set basebackup_count");
    }
    try (RunningService service = RetentionApplyTest.keepingOne(home)) {
      assertThat(kept(service)).hasSize(1);
      assertThat(alert).doesNotExist();
    }
  }

  @Test
  void backupsOfThisDaemonAlone_areDeletedByTheDefault(@TempDir Path home) throws Exception {
    try (RunningService service = withoutCount(home)) {
      backup(service, 1, "this one");
      backup(service, 2, "this one");
      assertThat(kept(service)).hasSize(1);
    }
  }
}
