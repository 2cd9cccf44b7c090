// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static io.pghoard.camel.ArchivingService.FIRST;
import static io.pghoard.camel.ArchivingService.SECOND;
import static io.pghoard.camel.ArchivingService.THIRD;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.archive.ArchivingSite;
import io.pghoard.codec.HashingInputStream;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpWalFetchTest {
  @Test
  void file_comesInTheBodyWithItsHash(@TempDir Path home) throws Exception {
    byte[] content = ArchivingSite.segment(FIRST, '3');
    HashingInputStream hashing = new HashingInputStream(new ByteArrayInputStream(content), "sha1");
    hashing.transferTo(OutputStream.nullOutputStream());
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      HttpResponse<byte[]> answer = service.get(FIRST);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(content);
      assertThat(answer.headers().firstValue("metadata-hash")).hasValue(hashing.hexDigest());
      assertThat(answer.headers().firstValue("metadata-hash-algorithm")).hasValue("sha1");
    }
  }

  @Test
  void file_isWrittenToATargetPath(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      Path target = service.wal.resolve("RECOVERYXLOG");
      assertThat(service.getTo(FIRST, target.toString()).statusCode()).isEqualTo(201);
      assertThat(target).hasBinaryContent(ArchivingSite.segment(FIRST, '3'));
    }
  }

  @Test
  void targetPath_outsideOfTheDataDirectory_isRefused(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      for (String target :
          new String[] {
            home.resolve("x").toString(),
            service.wal + "/../../x",
            service.wal + "/../global/pg_control",
            service.wal + "/no/RECOVERYXLOG",
            service.wal + "/archive_status/RECOVERYXLOG",
            "pg_wal/RECOVERYXLOG",
            service.wal.toString()
          }) {
        assertThat(service.getTo(FIRST, target).statusCode()).as(target).isEqualTo(400);
      }
      assertThat(home.resolve("x")).doesNotExist();
      Path gone = Files.move(service.wal, service.wal.resolveSibling("gone"));
      assertThat(service.getTo(FIRST, service.wal + "/RECOVERYXLOG").statusCode()).isEqualTo(409);
      Files.move(gone, service.wal);
    }
  }

  @Test
  void targetPath_ofAFileThatIsThere_isRefused_unlessPostgresqlMeansItToBeReplaced(
      @TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      Path segment = Files.writeString(service.wal.resolve(FIRST), "PostgreSQL's own");
      assertThat(service.getTo(FIRST, segment.toString()).statusCode()).isEqualTo(409);
      assertThat(segment).hasContent("PostgreSQL's own");
      Path recovery = Files.writeString(service.wal.resolve("RECOVERYXLOG"), "old");
      assertThat(service.getTo(FIRST, recovery.toString()).statusCode()).isEqualTo(201);
      assertThat(recovery).hasBinaryContent(ArchivingSite.segment(FIRST, '3'));
    }
  }

  @Test
  void targetPath_ofAnotherName_isRefused(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      for (String name : new String[] {SECOND, "00000002.history", "xlogtemp.1", FIRST + ".x"}) {
        Path target = service.wal.resolve(name);
        assertThat(service.getTo(FIRST, target.toString()).statusCode()).as(name).isEqualTo(400);
        assertThat(target).doesNotExist();
      }
      Files.delete(service.wal.resolve(FIRST));
      assertThat(service.getTo(FIRST, service.wal.resolve(FIRST).toString()).statusCode())
          .isEqualTo(201);
    }
  }

  @Test
  void targetPath_ofARunningPrimary_isRefused_andNotOfOneThatRecovers(@TempDir Path home)
      throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      Path data = service.wal.resolveSibling(".").normalize();
      byte[] control = new byte[8192];
      ByteBuffer.wrap(control).order(ByteOrder.nativeOrder()).putInt(16, 6);
      Files.createDirectories(data.resolve("global"));
      Files.write(data.resolve("global/pg_control"), control);
      Path target = service.wal.resolve("RECOVERYXLOG");
      // Stopped, as pg_rewind wants it.
      assertThat(service.getTo(FIRST, target.toString()).statusCode()).isEqualTo(201);
      Files.delete(target);
      Files.createFile(data.resolve("postmaster.pid"));
      HttpResponse<String> refused = service.getTo(FIRST, target.toString());
      assertThat(refused.statusCode()).isEqualTo(409);
      assertThat(refused.body()).contains("a primary runs there");
      assertThat(target).doesNotExist();
      for (String signal : new String[] {"recovery.signal", "standby.signal", "recovery.conf"}) {
        Path file = Files.createFile(data.resolve(signal));
        assertThat(service.getTo(FIRST, target.toString()).statusCode()).isEqualTo(201);
        Files.delete(file);
      }
    }
  }

  @Test
  void queryAndHeadersThatAreCalledLikeAnInput_doNothing(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      Path target = service.wal.resolve("RECOVERYXLOG");
      String query =
          "?x-pghoard-target-path="
              + target
              + "&site=other&name=x&walTarget=/x&CamelHttpMethod=PUT";
      HttpResponse<String> answer = service.daemon.send("GET", "/main/archive/" + FIRST + query);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(target).doesNotExist();
      HttpRequest request =
          HttpRequest.newBuilder(service.daemon.address("/main/archive/" + FIRST))
              .header("Site", "other")
              .header("name", "x")
              .build();
      assertThat(
              HttpClient.newHttpClient()
                  .send(request, HttpResponse.BodyHandlers.discarding())
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void targetPath_thatIsALink_isRefused(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      Path outside = Files.writeString(home.resolve("outside"), "x");
      Path link = Files.createSymbolicLink(service.wal.resolve("RECOVERYXLOG"), outside);
      assertThat(service.getTo(FIRST, link.toString()).statusCode()).isEqualTo(400);
      Files.delete(link);
      Path temporary = service.wal.resolve("RECOVERYXLOG.pghoard.tmp");
      Files.createSymbolicLink(temporary, outside);
      assertThat(service.getTo(FIRST, link.toString()).statusCode()).isEqualTo(503);
      assertThat(outside).hasContent("x");
    }
  }

  @Test
  void endOfTheArchive_isProvenAbsence(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST);
      HttpResponse<byte[]> answer = service.get(SECOND);
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(new String(answer.body(), UTF_8)).contains("\"absent\":true");
    }
  }

  @Test
  void gap_isNoAbsence(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.archived(FIRST, THIRD);
      HttpResponse<byte[]> answer = service.get(SECOND);
      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(new String(answer.body(), UTF_8))
          .contains(SECOND + " is missing", THIRD + " is there", "\"remedy\"")
          .doesNotContain("absent");
    }
  }

  @Test
  void unknownSite_isNoAbsence(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      HttpResponse<String> answer = service.daemon.send("GET", "/other/archive/" + FIRST);
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).doesNotContain("absent");
    }
  }
}
