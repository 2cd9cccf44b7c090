// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.camel.RunningService;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpSharesTest {
  private static final String SEGMENT = "000000010000000000000003";

  /** Each request of main for WAL hangs at a pg_control that is a named pipe. */
  @Test
  void siteThatHangs_holdsUpNothingElse(@TempDir Path home) throws Exception {
    Path data = home.resolve("data");
    Files.createDirectories(data.resolve("pg_wal"));
    Files.writeString(data.resolve("PG_VERSION"), "15\n");
    Files.createFile(data.resolve("postmaster.pid"));
    Path other = home.resolve("other");
    Files.createDirectories(other.resolve("pg_wal"));
    Files.writeString(other.resolve("PG_VERSION"), "15\n");
    Path pipe = Files.createDirectory(data.resolve("global")).resolve("pg_control");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    HttpClient http = HttpClient.newHttpClient();
    try (RunningService service =
        new RunningService(
            home,
            data,
            root ->
                root.withObject("/backup_sites")
                    .set(
                        "other",
                        root.withObject("/backup_sites/main")
                            .deepCopy()
                            .put("pg_data_directory", other.toString())))) {
      HttpRequest hanging =
          HttpRequest.newBuilder(service.address("/main/archive/" + SEGMENT))
              .header("x-pghoard-target-path", data.resolve("pg_wal/RECOVERYXLOG").toString())
              .build();
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 8 + 64 + 1; i++) {
        answers.add(http.sendAsync(hanging, HttpResponse.BodyHandlers.ofString()));
      }
      HttpResponse<?> busy =
          (HttpResponse<?>)
              CompletableFuture.anyOf(answers.toArray(new CompletableFuture<?>[0])).get();
      assertThat(busy.statusCode()).isEqualTo(503);
      assertThat(busy.headers().firstValue("Retry-After")).hasValue("5");
      assertThat(String.valueOf(busy.body())).contains("site main is busy");
      // The others, and all else of main, archiving first.
      assertThat(service.send("PUT", "/main/archive/" + SEGMENT).statusCode()).isEqualTo(404);
      assertThat(service.send("GET", "/main/restore").statusCode()).isEqualTo(200);
      assertThat(service.send("GET", "/other/archive/x").statusCode()).isEqualTo(400);
      assertThat(service.send("GET", "/health").statusCode()).isEqualTo(200);
      await()
          .untilAsserted(
              () -> {
                // Whoever waits at the pipe now goes on.
                if (answers.stream().anyMatch(answer -> !answer.isDone())) {
                  try (OutputStream end = Files.newOutputStream(pipe, WRITE)) {
                    end.flush();
                  }
                }
                assertThat(answers).allMatch(CompletableFuture::isDone);
              });
      assertThat(service.send("GET", "/main/archive/x").statusCode()).isEqualTo(400);
    }
  }
}
