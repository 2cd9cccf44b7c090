// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceivedWalLeftTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String[] QUICK = {"pghoard.wal.left-period", "50"};

  private Path home = Path.of("");

  @BeforeEach
  void use(@TempDir Path directory) {
    home = directory;
  }

  private Path alert() {
    return home.resolve("received_wal_left");
  }

  /** A directory of pg_receivewal with WAL of which all but the newest files should have gone. */
  private Path left(String prefix) throws IOException {
    Path directory =
        Files.createDirectories(home.resolve("spool").resolve(prefix).resolve("xlog_incoming"));
    for (String name :
        new String[] {
          "000000010000000000000004", "000000010000000000000005", "000000010000000000000006.partial"
        }) {
      Files.createFile(directory.resolve(name));
    }
    return directory;
  }

  @Test
  void walOfAFormerPrefix_isAnAlert_untilItIsGone() throws Exception {
    Path directory = left("former/name");
    try (RunningService service = RunningService.with(home, QUICK)) {
      await().atMost(LIMIT).until(() -> Files.exists(alert()));
      assertThat(alert())
          .content()
          .contains("site: -", directory.toString(), "the first one 000000010000000000000004")
          .contains("no site: its prefix was changed");
      Files.delete(directory.resolve("000000010000000000000004"));
      await().atMost(LIMIT).until(() -> Files.notExists(alert()));
      assertThat(service.json("/health").get("status").asText()).isEqualTo("UP");
    }
  }

  @Test
  void walOfASiteThatReceivesNoMore_isAnAlert_untilItReceivesAgain() throws Exception {
    left("main");
    try (RunningService service = RunningService.with(home, QUICK)) {
      await().atMost(LIMIT).until(() -> Files.exists(alert()));
      assertThat(alert()).content().contains("site main, whose active_backup_mode has changed");
      service.reconfigure(
          root ->
              root.withObject("/backup_sites/main").put("active_backup_mode", "pg_receivexlog"));
      await().atMost(LIMIT).until(() -> Files.notExists(alert()));
    }
  }
}
