// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static io.pghoard.camel.ArchivingService.FIRST;
import static io.pghoard.camel.ArchivingService.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.archive.ArchivingSite;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpWalArchiveTest {
  private static HttpResponse<String> put(ArchivingService service, String name) throws Exception {
    return service.daemon.send("PUT", "/main/archive/" + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"archive", "xlog"})
  void success_meansThatTheObjectIsThere(String word, @TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.segment(FIRST, 1);
      String path = "/main/" + word + "/" + FIRST;
      assertThat(service.daemon.send("PUT", path).statusCode()).isEqualTo(201);
      assertThat(service.object(FIRST)).exists();
      assertThat(service.daemon.send("PUT", path).statusCode()).isEqualTo(201);
    }
  }

  @Test
  void otherContent_isRefusedAndAlerted(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      byte[] stored = Files.readAllBytes(service.object(FIRST));
      service.segment(FIRST, 2);
      HttpResponse<String> answer = put(service, FIRST);
      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(answer.body()).contains("is already stored with different content", "\"remedy\":");
      assertThat(service.object(FIRST)).hasBinaryContent(stored);
      assertThat(home.resolve("archive_conflict")).content().contains("its sha1 is");
    }
  }

  @Test
  void segmentThatIsNotWhatItsNameSays_isRefused(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      Files.write(service.wal.resolve(FIRST), ArchivingSite.segment(ArchivingService.SECOND, 1));
      HttpResponse<String> answer = put(service, FIRST);
      assertThat(answer.statusCode()).isEqualTo(412);
      assertThat(answer.body()).contains("it contains WAL from 0/400000 on", "\"remedy\":");
      assertThat(service.object(FIRST)).doesNotExist();
    }
  }

  /** As a copy of the cluster asks, whose archive_command names the site. */
  @Test
  void fileOfAnotherServer_isRefused_unlessItsContentIsTheSame(@TempDir Path home)
      throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.segment(FIRST, 1);
      Path copy = Files.write(home.resolve("copy"), ArchivingSite.segment(FIRST, 2));
      Path same = Files.copy(service.wal.resolve(FIRST), home.resolve("same"));
      assertThat(put(service, FIRST, identity(copy), null).statusCode()).isEqualTo(428);
      HttpResponse<String> refused = put(service, FIRST, identity(copy), sha256(copy));
      assertThat(refused.statusCode()).isEqualTo(409);
      assertThat(refused.body())
          .contains("of a server that is not the site's", "a site of its own", "correct pg_data");
      assertThat(home.resolve("archive_conflict")).content().contains("not the site's");
      assertThat(service.object(FIRST)).doesNotExist();

      assertThat(put(service, FIRST, identity(same), sha256(same)).statusCode()).isEqualTo(201);
      Path own = service.wal.resolve(FIRST);
      assertThat(put(service, FIRST, identity(own), null).statusCode()).isEqualTo(201);

      HttpResponse<String> missing = put(service, SECOND, identity(copy), null);
      assertThat(missing.statusCode()).isEqualTo(409);
      assertThat(missing.body()).contains("is missing as " + service.wal.resolve(SECOND));
      assertThat(put(service, FIRST, "1", null).statusCode()).isEqualTo(400);
      assertThat(put(service, FIRST, "1:2", "g").statusCode()).isEqualTo(400);
    }
  }

  /** What the server said of the segment says nothing of the history that is stored before it. */
  @Test
  void segmentWithAHistoryBeforeIt_isTheOneThatIsAskedFor(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      String segment = "000000020000000000000004";
      service.segment(segment, 1);
      Files.writeString(service.wal.resolve("00000002.history"), "1\t0/300000\tpromoted\n");
      Path own = service.wal.resolve(segment);
      assertThat(put(service, segment, identity(own), null).statusCode()).isEqualTo(201);
      assertThat(service.repository.resolve("main/timeline/00000002.history")).exists();
    }
  }

  private static String identity(Path file) throws IOException {
    return Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino");
  }

  private static String sha256(Path file) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }

  private static HttpResponse<String> put(
      ArchivingService service, String name, String identity, @Nullable String sha256)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(service.daemon.address("/main/archive/" + name))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .header("X-Pghoard-Wal-File", identity);
    if (sha256 != null) {
      request.header("X-Pghoard-Wal-Sha256", sha256);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void fileThatIsNotThere_is404(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      assertThat(put(service, FIRST).statusCode()).isEqualTo(404);
      assertThat(service.daemon.send("PUT", "/other/archive/" + FIRST).statusCode()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "00000001000000000000000g", "..%2F..%2Fpg_hba.conf"})
  void nameThatIsNone_is400(String name, @TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      assertThat(put(service, name).statusCode()).isEqualTo(400);
    }
  }

  @Test
  void repositoryThatCannotBeWritten_is503_andWorksOnceItCan(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.segment(FIRST, 1);
      Files.move(service.repository, home.resolve("away"));
      assertThat(put(service, FIRST).statusCode()).isEqualTo(503);
      Files.move(home.resolve("away"), service.repository);
      assertThat(put(service, FIRST).statusCode()).isEqualTo(201);
    }
  }
}
