// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.repository.CheckedContent;
import io.pghoard.repository.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpStoredObjectTest {
  private static final byte[] CONTENT = "compressed bytes".getBytes(UTF_8);

  private static HttpResponse<byte[]> get(RunningService service, String path, long offset)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(service.address(path))
                .header("x-pghoard-offset", Long.toString(offset))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void object_comesWithItsMetadataAndHash_fromAnyByteOn(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      ObjectKey key = new ObjectKey("main/basebackup_chunk/a:+%b/1");
      service.store().put(key, Map.of("k", "vä"), new ByteArrayInputStream(CONTENT));
      String path = "/main/stored/object/basebackup_chunk/a:+%25b/1";

      HttpResponse<byte[]> whole = get(service, path, 0);
      HttpResponse<byte[]> rest = get(service, path, 11);

      assertThat(whole.statusCode()).isEqualTo(200);
      assertThat(whole.headers().firstValue("x-pghoard-metadata")).hasValue("{\"k\":\"v\\u00E4\"}");
      byte[] hash = CheckedContent.sha256().digest(CONTENT);
      assertThat(Arrays.copyOf(whole.body(), CONTENT.length)).isEqualTo(CONTENT);
      assertThat(Arrays.copyOfRange(whole.body(), CONTENT.length, whole.body().length))
          .isEqualTo(hash);
      assertThat(rest.body()).hasSize(5 + 32).startsWith("bytes".getBytes(UTF_8)).endsWith(hash);
      assertThat(get(service, path, CONTENT.length).body()).isEqualTo(hash);
      assertThat(get(service, path, CONTENT.length + 1).statusCode()).isEqualTo(400);
    }
  }

  @Test
  void whatIsNotThere_isSaid_andNothingOutsideOfTheSiteIs(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      HttpResponse<String> missing = service.send("GET", "/main/stored/object/xlog/1");
      assertThat(missing.statusCode()).isEqualTo(404);
      assertThat(missing.body()).contains("\"missing\":\"object\"", "main/xlog/1");
      HttpResponse<String> strange = service.send("GET", "/other/stored/object/xlog/1");
      assertThat(strange.statusCode()).isEqualTo(404);
      assertThat(strange.body()).contains("\"missing\":\"site\"");
      for (String key :
          new String[] {"%2E%2E/pghoard.json", "a%2F..%2F..%2Fx", "", "a//b", "%00"}) {
        assertThat(service.send("GET", "/main/stored/object/" + key).statusCode())
            .as(key)
            .isIn(400, 404);
      }
      HttpResponse<String> put = service.send("PUT", "/main/stored/object/xlog/1");
      assertThat(put.statusCode()).isEqualTo(405);
      assertThat(put.headers().firstValue("Allow")).hasValue("GET");
    }
  }

  @Test
  void damagedObject_isRefusedBeforeItsFirstByte_andCutOffWhereItIsLarge(@TempDir Path home)
      throws Exception {
    try (RunningService service = new RunningService(home)) {
      service.store().put(new ObjectKey("main/xlog/small"), Map.of(), stream(100));
      service.store().put(new ObjectKey("main/xlog/large"), Map.of(), stream(3 << 20));
      Files.write(home.resolve("repository/main/xlog/small"), new byte[] {1});
      Files.write(home.resolve("repository/main/xlog/large"), new byte[2 << 20]);

      HttpResponse<String> small = service.send("GET", "/main/stored/object/xlog/small");
      assertThat(small.statusCode()).isEqualTo(409);
      assertThat(small.body()).contains("is damaged");
      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(
                  () -> get(service, "/main/stored/object/xlog/large", 0)))
          .isInstanceOf(IOException.class);
      // What is left to send after all bytes is the end, where the damage shows.
      assertThat(get(service, "/main/stored/object/xlog/large", 2 << 20).statusCode())
          .isEqualTo(409);
    }
  }

  private static ByteArrayInputStream stream(int size) {
    return new ByteArrayInputStream(new byte[size]);
  }
}
