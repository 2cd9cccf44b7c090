// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.scrub.Scrub;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScrubObjectTest {
  private static final ObjectKey MAIN = new ObjectKey("main/basebackup/only.00000000.pghoard");
  private static final ObjectKey CHUNK =
      new ObjectKey("main/basebackup_chunk/only/only.00000001.pghoard");
  private static final ObjectKey SEGMENT = new ObjectKey("main/xlog/000000010000000000000002");
  private static final ObjectKey OTHER = new ObjectKey("main/xlog/000000010000000000000009");

  @TempDir Path home = Path.of("");
  private RestoringService restoring;

  @BeforeEach
  void start() throws Exception {
    restoring = new RestoringService(home);
  }

  @AfterEach
  void stop() throws Exception {
    restoring.close();
  }

  @Test
  void wholeObjects_areNotMarked() throws Exception {
    put(OTHER, Map.of("original-file-size", "1000"));
    for (ObjectKey key : List.of(MAIN, CHUNK, OTHER, MAIN, CHUNK, OTHER)) {
      scrub(key);
    }
    assertThat(marked()).isEmpty();
    assertThat(restoring.service.json("/status").at("/backup_sites/main/scrub/objects").asInt())
        .isEqualTo(6);
  }

  @Test
  void changedBytes_areMarkedWhenSeenAgain_andNoMoreWhenPutBack() throws Exception {
    Path file = home.resolve("repository").resolve(CHUNK.text());
    byte[] bytes = Files.readAllBytes(file);
    bytes[700] ^= 1;
    Files.write(file, bytes);
    scrub(CHUNK);
    assertThat(marked()).isEmpty();
    scrub(CHUNK);
    assertThat(marked()).containsExactly(CHUNK);
    assertThat(reason(CHUNK)).contains("SHA-256");

    bytes[700] ^= 1;
    Files.write(file, bytes);
    scrub(CHUNK);
    assertThat(marked()).isEmpty();
  }

  @Test
  void truncatedMetadata_isDamage() throws Exception {
    Files.writeString(
        home.resolve("repository").resolve(SEGMENT.text() + ".metadata"), "{\"pg-version\": ");
    scrub(SEGMENT);
    scrub(SEGMENT);
    assertThat(marked()).containsExactly(SEGMENT);
  }

  @Test
  void contentThatDoesNotDecode_isDamage() throws Exception {
    put(OTHER, Map.of("compression-algorithm", "lzma"));
    scrub(OTHER);
    scrub(OTHER);
    assertThat(marked()).containsExactly(OTHER);
    assertThat(reason(OTHER)).startsWith("it cannot be decoded: ");
  }

  /** As a newer pghoard may have stored it. */
  @Test
  void contentOfAnAlgorithmThatIsNotKnown_isNotTakenForDamage() throws Exception {
    put(OTHER, Map.of("compression-algorithm", "brotli"));
    scrub(OTHER);
    scrub(OTHER);
    assertThat(marked()).isEmpty();
  }

  @Test
  void contentOfAnotherHashOrSize_isDamage() throws Exception {
    put(OTHER, Map.of("hash", "00", "hash-algorithm", "sha1"));
    scrub(OTHER);
    scrub(OTHER);
    assertThat(reason(OTHER)).startsWith("the hash of its content should be 00 and is ");
    store().delete(OTHER);
    put(OTHER, Map.of("original-file-size", "16777216"));
    scrub(OTHER);
    assertThat(marked()).as("not read again yet").containsExactly(OTHER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"encryption-key-id", "encryption-algorithm"})
  void encryptedContent_isNotDecoded(String name) throws Exception {
    put(OTHER, Map.of("compression-algorithm", "lzma", name, "1", "hash", "00"));
    scrub(OTHER);
    scrub(OTHER);
    assertThat(marked()).isEmpty();
  }

  @Test
  void lostChunk_isNoticedByItsMainObject() throws Exception {
    store().delete(CHUNK);
    scrub(MAIN);
    assertThat(marked()).isEmpty();
    scrub(MAIN);
    assertThat(marked()).containsExactly(CHUNK);
    assertThat(reason(CHUNK)).isEqualTo("it is not in the repository");
    assertThat(restoring.service.json("/main/recovery").at("/windows/0/restorable").asBoolean())
        .isFalse();
    assertThat(restoring.service.json("/main/basebackup").at("/basebackups/0/damaged/0").asText())
        .isEqualTo(CHUNK.text());
  }

  @Test
  void manyThatDoNotDecode_leaveNothingOpen() throws Exception {
    put(OTHER, Map.of("compression-algorithm", "lzma"));
    scrub(OTHER);
    for (int time = 0; time < 50; time++) {
      scrub(OTHER);
    }
    Path directory = Path.of("/proc/self/fd");
    try (Stream<Path> open = Files.list(directory)) {
      assertThat(open.filter(each -> leadsTo(each, OTHER.name()))).isEmpty();
    }
  }

  private static boolean leadsTo(Path link, String name) {
    try {
      return Files.readSymbolicLink(link).endsWith(name);
    } catch (IOException e) {
      // Closed meanwhile.
      return false;
    }
  }

  @Test
  void deletedMeanwhile_isNothing() throws Exception {
    scrub(OTHER);
    scrub(OTHER);
    assertThat(marked()).isEmpty();
  }

  @Test
  void storeThatDoesNotAnswer_isNoDamage_butToldAfterThreeRuns() throws Exception {
    restoring.close();
    Path routes = Files.createDirectories(home.resolve("routes"));
    Files.writeString(
        routes.resolve("repository-get.camel.yaml"),
        """
        - route:
            id: repository-get
            description: Fails.
            from:
              uri: direct:repository-get
              steps:
                - throwException:
                    exceptionType: java.io.IOException
                    message: no answer
        """);
    try (RunningService service = new RunningService(home)) {
      scrub(service, SEGMENT);
      scrub(service, SEGMENT);
      assertThat(marked(service.store())).isEmpty();
      Scrub scrub = service.service().bean("scrub", Scrub.class);
      assertThat(scrub.unreadable(RunningService.SITE)).isEmpty();
      scrub(service, SEGMENT);
      assertThat(scrub.unreadable(RunningService.SITE)).containsOnlyKeys(SEGMENT);
      assertThat(marked(service.store())).isEmpty();
    }
  }

  private void put(ObjectKey key, Map<String, String> metadata) throws IOException {
    store().put(key, metadata, new ByteArrayInputStream(new byte[1000]));
  }

  private ObjectStore store() {
    return restoring.service.store();
  }

  private void scrub(ObjectKey key) {
    scrub(restoring.service, key);
  }

  private static void scrub(RunningService service, ObjectKey key) {
    Exchange answer =
        service
            .service()
            .context()
            .createProducerTemplate()
            .request(
                "direct:scrub-object",
                exchange -> {
                  exchange.setVariable("site", RunningService.SITE);
                  exchange.getMessage().setBody(key);
                });
    assertThat(answer.getException()).isNull();
  }

  private List<ObjectKey> marked() throws IOException {
    return marked(store());
  }

  private static List<ObjectKey> marked(ObjectStore store) throws IOException {
    return store.keys("main/damaged_object/").stream()
        .map(key -> new ObjectKey(key.text().replace("/damaged_object", "")))
        .toList();
  }

  private String reason(ObjectKey key) throws IOException {
    return restoring.service.service().bean("scrub", Scrub.class).reason(RunningService.SITE, key);
  }
}
