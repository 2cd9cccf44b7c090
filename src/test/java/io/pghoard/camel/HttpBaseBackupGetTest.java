// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarReader;
import io.pghoard.repository.DamageMarks;
import io.pghoard.repository.SiteKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpBaseBackupGetTest {
  private static HttpResponse<byte[]> get(RestoringService restoring, String name)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(restoring.service.address("/main/basebackup/" + name)).build(),
            HttpResponse.BodyHandlers.ofByteArray());
  }

  private static List<String> entries(byte[] tar) throws IOException {
    List<String> names = new ArrayList<>();
    TarReader reader = new TarReader(new ByteArrayInputStream(tar));
    for (TarEntry entry; (entry = reader.next()) != null; ) {
      names.add(entry.name());
    }
    return names;
  }

  @Test
  void encryptedBackup_isCalledSo(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      RestorePlanTest.encrypt(restoring);
      HttpResponse<byte[]> answer = get(restoring, "only");

      assertThat(answer.statusCode()).isGreaterThan(400);
      assertThat(new String(answer.body(), UTF_8)).contains("is encrypted with key id k2016");
    }
  }

  @Test
  void tar_isWholeAndEndsWithPgControl_underEachOfItsNames(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      HttpResponse<byte[]> answer = get(restoring, "only");

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("x-pghoard-start-wal-segment"))
          .hasValue("000000010000000000000002");
      assertThat(entries(answer.body()))
          .contains("pgdata/base/1/1259", "pgdata/PG_VERSION", "pgdata/backup_label")
          .contains("pgdata/backup_manifest", "pgdata/pg_wal")
          .doesNotContain(".pghoard_tar_metadata.json")
          .endsWith("pgdata/global/pg_control")
          .doesNotHaveDuplicates();
      for (String name :
          List.of("latest", "only.00000000.pghoard", "main%2Fbasebackup%2Fonly.00000000.pghoard")) {
        assertThat(get(restoring, name).body()).as(name).isEqualTo(answer.body());
      }
      assertThat(get(restoring, "other").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void damage_isSaidBeforeTheFirstByte_andOneThatShowsLaterCutsTheConnection(@TempDir Path home)
      throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      SiteKeys keys = new SiteKeys("main");
      Path chunk = home.resolve("repository").resolve(restoring.repository.chunk("only").text());
      byte[] bytes = Files.readAllBytes(chunk);
      bytes[700] ^= 1;
      Files.write(chunk, bytes);
      assertThatThrownBy(() -> get(restoring, "only")).isInstanceOf(IOException.class);

      new DamageMarks(restoring.repository.store(), keys)
          .mark(restoring.repository.chunk("only"), "an altered byte");
      HttpResponse<byte[]> marked = get(restoring, "only");
      assertThat(marked.statusCode()).isEqualTo(409);
      assertThat(new String(marked.body(), UTF_8)).contains("is damaged", "only.00000001.pghoard");

      new DamageMarks(restoring.repository.store(), keys).clear(restoring.repository.chunk("only"));
      restoring.repository.store().delete(restoring.repository.chunk("only"));
      assertThat(get(restoring, "only").statusCode()).isEqualTo(409);
    }
  }
}
