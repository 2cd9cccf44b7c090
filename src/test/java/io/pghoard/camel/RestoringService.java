// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.config.SiteName;
import io.pghoard.restore.HandMadeRepository;
import io.pghoard.restore.RestoreHost;
import io.pghoard.restore.RestoreParameters;
import io.pghoard.restore.RestoreProgress;
import io.pghoard.restore.RestoreRequest;
import io.pghoard.restore.RestoreRun;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A daemon with a base backup made by hand, which may restore below {@code restores}. */
final class RestoringService implements AutoCloseable {
  private static final SiteName SITE = RunningService.SITE;

  final RunningService service;
  final HandMadeRepository repository;
  final Path target;
  private final HttpClient http = HttpClient.newHttpClient();

  /** One with properties set, as names and values in turn. */
  RestoringService(Path home, String... properties) throws Exception {
    Path restores = Files.createDirectory(home.resolve("restores"));
    target = restores.resolve("data");
    service =
        new RunningService(
            home,
            home.resolve("data"),
            root ->
                root.withObject("/backup_sites/main")
                    .putArray("restore_directories")
                    .add(restores.toString()),
            properties);
    repository = new HandMadeRepository(home.resolve("repository"));
    repository.backup("only", 2, 2, "2026-01-01T10:00:00Z");
    repository.segment(1, 2, "2026-01-01T12:00:00Z");
  }

  /** A restore to the target, not begun. */
  RestoreRun run(Object... words) {
    Map<String, Object> map = new HashMap<>(Map.of("target_dir", target.toString()));
    for (int i = 0; i < words.length; i += 2) {
      map.put((String) words[i], words[i + 1]);
    }
    RestoreRequest request = RestoreParameters.parse(SITE, map);
    return new RestoreRun(
        "1",
        request,
        new RestoreProgress(Clock.systemUTC()),
        new RestoreHost(List.of(), "restore %f %p"));
  }

  HttpResponse<String> post(String body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(service.address("/main/restore"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** Asks for a restore to the target over HTTP, and gives back its address. */
  String started() throws IOException, InterruptedException {
    HttpResponse<String> answer = post("{\"target_dir\": \"" + target + "\"}");
    return answer.headers().firstValue("Location").orElseThrow();
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
