// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.NoCredentials;
import com.google.cloud.ReadChannel;
import com.google.cloud.WriteChannel;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.BucketInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.Storage.BlobWriteOption;
import com.google.cloud.storage.StorageException;
import com.google.cloud.storage.StorageOptions;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The double of Google against Google's own client, and against what Google refuses. */
class GoogleServerIT {
  private GoogleServer google;
  private Storage client;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    google = GoogleServer.start(directory);
    String json = google.tokens().credentials(google.port()).toString();
    client =
        StorageOptions.http()
            .setHost("http://127.0.0.1:" + google.port())
            .setProjectId("project-1")
            .setCredentials(
                GoogleCredentials.fromStream(new ByteArrayInputStream(json.getBytes(UTF_8))))
            .build()
            .getService();
  }

  @AfterEach
  void end() {
    google.close();
  }

  @Test
  void stockClient_createsReadsListsAndDeletes() throws Exception {
    client.create(BucketInfo.of("acme"));
    assertThat(client.get("acme")).isNotNull();
    assertThat(client.get("other")).isNull();
    byte[] bytes = new byte[(3 << 20) + 5];
    new Random(1).nextBytes(bytes);
    BlobInfo info =
        BlobInfo.newBuilder("acme", "a/b c+%").setMetadata(Map.of("key", "v ä")).build();
    client.create(info, bytes, BlobTargetOption.doesNotExist());
    try (WriteChannel out =
        client.writer(BlobInfo.newBuilder("acme", "a/d").build(), BlobWriteOption.doesNotExist())) {
      out.setChunkSize(1 << 20);
      out.write(ByteBuffer.wrap(bytes));
    }

    Blob blob = client.get(BlobId.of("acme", "a/b c+%"));
    assertThat(blob.getMetadata()).containsEntry("key", "v ä");
    assertThat(blob.getSize()).isEqualTo(bytes.length);
    assertThat(blob.getContent()).isEqualTo(bytes);
    ByteBuffer middle = ByteBuffer.allocate(100);
    try (ReadChannel in = client.reader(BlobId.of("acme", "a/d"))) {
      in.seek(1 << 20);
      in.limit((1 << 20) + 100);
      while (middle.hasRemaining() && in.read(middle) >= 0) {}
    }
    assertThat(middle.array()).isEqualTo(Arrays.copyOfRange(bytes, 1 << 20, (1 << 20) + 100));
    assertThat(client.list("acme", BlobListOption.pageSize(1)).iterateAll())
        .extracting(Blob::getName)
        .containsExactly("a/b c+%", "a/d");
    assertThat(client.list("acme", BlobListOption.currentDirectory()).iterateAll())
        .extracting(Blob::getName)
        .containsExactly("a/");
    assertThat(client.delete("acme", "a/d")).isTrue();
    assertThat(client.delete("acme", "a/d")).isFalse();
  }

  @Test
  void stockClient_isRefusedWhatGoogleRefuses() throws Exception {
    String bucket = google.bucket();
    BlobInfo info = BlobInfo.newBuilder(bucket, "a").build();
    client.create(info, new byte[3], BlobTargetOption.doesNotExist());

    refused(412, () -> client.create(info, new byte[3], BlobTargetOption.doesNotExist()));
    refused(
        412,
        () -> {
          WriteChannel out = client.writer(info, BlobWriteOption.doesNotExist());
          out.write(ByteBuffer.wrap(new byte[10]));
          out.close();
        });
    refused(
        400,
        () ->
            client.createFrom(
                BlobInfo.newBuilder(bucket, "b").setCrc32c("AAAAAA==").build(),
                new ByteArrayInputStream(new byte[3]),
                BlobWriteOption.crc32cMatch()));
    refused(404, () -> client.create(BlobInfo.newBuilder("none", "a").build()));
    Storage anonymous =
        StorageOptions.http()
            .setHost("http://127.0.0.1:" + google.port())
            .setProjectId("project-1")
            .setCredentials(NoCredentials.getInstance())
            .build()
            .getService();
    refused(401, () -> anonymous.get(bucket, "a"));
    assertThat(client.get(bucket, "b")).isNull();
  }

  private interface Deed {
    void run() throws Exception;
  }

  private static void refused(int status, Deed deed) {
    assertThatThrownBy(deed::run)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.getCode()).isEqualTo(status));
  }

  @Test
  void chunk_isCheckedAndCountedByTheByte() throws Exception {
    String bucket = google.bucket();
    HttpClient http = HttpClient.newHttpClient();
    URI uploads =
        URI.create(
            "http://127.0.0.1:%d/upload/storage/v1/b/%s/o?uploadType=resumable&name=z"
                .formatted(google.port(), bucket));
    HttpRequest begin =
        HttpRequest.newBuilder(uploads)
            .header("Authorization", "Bearer " + token())
            .POST(BodyPublishers.ofString("{}"))
            .build();
    String location =
        http.send(begin, BodyHandlers.discarding()).headers().firstValue("Location").orElseThrow();

    assertThat(chunk(http, location, 1000, "bytes 0-999/*").statusCode()).isEqualTo(400);
    HttpResponse<String> first = chunk(http, location, 262_144, "bytes 0-262143/*");
    assertThat(first.statusCode()).isEqualTo(308);
    assertThat(first.headers().allValues("Range")).isEqualTo(List.of("bytes=0-262143"));
    assertThat(first.body()).isEmpty();
    assertThat(chunk(http, location, 0, "bytes */*").statusCode()).isEqualTo(308);
    HttpResponse<String> last = chunk(http, location, 5, "bytes 262144-262148/262149");
    assertThat(last.statusCode()).isEqualTo(200);
    assertThat(last.body()).contains("\"size\":\"262149\"");
    assertThat(chunk(http, location + "x", 5, "bytes 0-4/5").statusCode()).isEqualTo(410);
  }

  private String token() throws Exception {
    String json = google.tokens().credentials(google.port()).toString();
    return GoogleCredentials.fromStream(new ByteArrayInputStream(json.getBytes(UTF_8)))
        .createScoped("https://www.googleapis.com/auth/devstorage.read_write")
        .refreshAccessToken()
        .getTokenValue();
  }

  private static HttpResponse<String> chunk(
      HttpClient http, String location, int size, String range) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(location))
            .header("Content-Range", range)
            .PUT(BodyPublishers.ofByteArray(new byte[size]))
            .build(),
        BodyHandlers.ofString());
  }
}
