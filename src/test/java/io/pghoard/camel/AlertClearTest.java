// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.config.SiteName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertClearTest {
  @Test
  void clearedAlert_hasNoFile_andASecondTimeIsNoError(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      service.raise("archive_conflict", "text");
      for (int i = 0; i < 2; i++) {
        clear(service, new SiteName("main"));
        assertThat(home.resolve("archive_conflict")).doesNotExist();
      }
    }
  }

  @Test
  void alertOfTwoSites_staysForTheOther_alsoAfterARestart(@TempDir Path home) throws Exception {
    Path file = home.resolve("archive_conflict");
    String other;
    Consumer<ObjectNode> twoSites =
        root -> {
          ObjectNode second = root.at("/backup_sites/main").deepCopy();
          second.put("active", false).put("prefix", "other");
          root.withObject("/backup_sites").set("other", second);
        };
    try (RunningService service = RunningService.configured(home, twoSites)) {
      service.call(
          "alert-raise",
          Map.of(
              "site", new SiteName("other"), "alertName", "archive_conflict", "alertText", "of b"));
      other = Files.readString(file);
      service.raise("archive_conflict", "of a");
      assertThat(Files.readString(file)).contains("site: main\n", "  of a\n", "\n" + other);
    }
    try (RunningService service = RunningService.configured(home, twoSites)) {
      clear(service, new SiteName("main"));
      assertThat(Files.readString(file)).isEqualTo(other);
      clear(service, new SiteName("other"));
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void fileOfThePythonPghoard_whichNeverRemovedIt_goes(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      Files.writeString(home.resolve("archive_conflict"), "alert");
      clear(service, new SiteName("main"));
      assertThat(home.resolve("archive_conflict")).doesNotExist();
    }
  }

  private static void clear(RunningService service, SiteName site) {
    service.call("alert-clear", Map.of("alertName", "archive_conflict", "site", site));
  }
}
