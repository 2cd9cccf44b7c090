// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restore over HTTP, whose process ends as it should not; the daemon works on. */
class HttpRestoreRunTest {
  private static JsonNode outcome(RestoringService restoring, String address) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> restoring.service.json(address).get("ended").asBoolean());
    try {
      return restoring.service.json(address);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void outOfMemory_endsItsProcessAlone(@TempDir Path home) throws Exception {
    try (RestoringService restoring =
        new RestoringService(
            home, "pghoard.restore.java-options", "-Xmx6m -XX:+ExitOnOutOfMemoryError")) {
      JsonNode end = outcome(restoring, restoring.started());
      assertThat(end.get("phase").asText()).isEqualTo("failed");
      assertThat(end.get("error").asText()).contains("the restore process", "OutOfMemoryError");
      assertThat(restoring.target.resolve("global/pg_control")).doesNotExist();
      assertThat(restoring.service.send("GET", "/status").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void kill_isTold(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      String address = restoring.started();
      await()
          .pollInterval(Duration.ofMillis(5))
          .atMost(Duration.ofSeconds(60))
          .until(HttpRestoreRunTest::kill);
      JsonNode end = outcome(restoring, address);
      assertThat(end.get("phase").asText()).isEqualTo("failed");
      assertThat(end.get("error").asText()).contains("was killed by signal 9");
    }
  }

  /** The restore's process, and not a server that other tests share, which is a child too. */
  private static boolean kill() {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> process.info().command().orElse("").endsWith("/java"))
        .filter(HttpRestoreRunTest::isOfARestore)
        .anyMatch(ProcessHandle::destroyForcibly);
  }

  /** ProcessHandle tells no arguments of a command as long as one with a class path. */
  private static boolean isOfARestore(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/%d/cmdline".formatted(process.pid())), ISO_8859_1)
          .contains("\0run-request\0");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void wrongOption_isTold(@TempDir Path home) throws Exception {
    try (RestoringService restoring =
        new RestoringService(home, "pghoard.restore.java-options", "-XX:NoSuchOption")) {
      JsonNode end = outcome(restoring, restoring.started());
      assertThat(end.get("error").asText()).contains("the restore process exited with 1");
    }
  }

  @Test
  void refusal_isTold_andNoRequestIsLeft(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      String address =
          restoring
              .post(
                  "{\"target_dir\": \"%s\", \"basebackup\": \"other\", \"primary_conninfo\": \"x\"}"
                      .formatted(restoring.target))
              .headers()
              .firstValue("Location")
              .orElseThrow();
      JsonNode end = outcome(restoring, address);
      assertThat(end.get("error").asText()).contains("has no base backup other");
    }
  }
}
