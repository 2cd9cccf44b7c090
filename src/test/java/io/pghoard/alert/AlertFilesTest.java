// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.camel.RunningService;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertFilesTest {
  private static final String[] QUICK = {"pghoard.watch.period", "50"};

  @Test
  void alertThatCannotBeWritten_isInStatusAndHealth_andInItsFileAsSoonAsItCan(@TempDir Path home)
      throws Exception {
    try (RunningService service = RunningService.with(home, QUICK)) {
      // A directory in the place of the file stands for a disk that takes nothing.
      Path file = home.resolve("archive_conflict");
      Files.createDirectories(file.resolve("inside"));
      service.raise("archive_conflict", "somebody was there");

      assertThat(service.json("/status").at("/alerts/archive_conflict/0/text").asText())
          .isEqualTo("somebody was there");
      assertThat(service.json("/status").at("/alerts/alert_file_not_written/0/text").asText())
          .contains("cannot be read or written in " + home, "alert_file_dir");
      assertThat(service.json("/health").at("/troubles/0").asText())
          .contains("cannot be read or written");
      assertThat(service.json("/health").at("/status").asText()).isEqualTo("UP");

      Files.delete(file.resolve("inside"));
      Files.delete(file);
      await().until(() -> Files.isRegularFile(file));
      assertThat(file).content().contains("site: main", "somebody was there");
      await()
          .until(
              () -> service.json("/status").at("/alerts/alert_file_not_written").isMissingNode());
      assertThat(service.json("/health").at("/troubles")).isEmpty();
    }
  }

  @Test
  void fileThatIsNotUtf8_isReplaced(@TempDir Path home) throws Exception {
    try (RunningService service = RunningService.with(home, QUICK)) {
      Path file = Files.write(home.resolve("archive_conflict"), new byte[] {(byte) 0xE9, 'a', 10});
      service.raise("archive_conflict", "now");
      assertThat(file).content().startsWith("site: main\n").contains("now");
    }
  }
}
