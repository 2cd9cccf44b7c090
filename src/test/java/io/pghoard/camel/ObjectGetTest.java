// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.codec.Compression;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectEncryptedException;
import io.pghoard.repository.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectGetTest {
  private static RunningService service;

  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    service = new RunningService(home);
  }

  @AfterAll
  static void end() throws Exception {
    service.close();
  }

  private static Exchange get(String key, byte[] bytes, Map<String, String> metadata)
      throws Exception {
    service.store().put(new ObjectKey(key), metadata, new ByteArrayInputStream(bytes));
    return service.call(
        "object-get", Map.of("site", RunningService.SITE, "objectKey", new ObjectKey(key)));
  }

  @ParameterizedTest
  @CsvSource({"lzma", "zstd", "snappy"})
  void object_isDecodedAsItsMetadataSay(String algorithm) throws Exception {
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (OutputStream out = Compression.named(algorithm, 0, 1).encode(stored)) {
      out.write("plain".getBytes(UTF_8));
    }
    Exchange answer =
        get(
            "main/" + algorithm,
            stored.toByteArray(),
            Map.of("compression-algorithm", algorithm, "original-file-size", "5"));

    try (ObjectContent content = answer.getMessage().getBody(ObjectContent.class)) {
      assertThat(content.stream().readAllBytes()).asString(UTF_8).isEqualTo("plain");
    }
  }

  @Test
  void objectThatSaysNothing_isGivenAsItIs() throws Exception {
    Exchange answer = get("main/plain", "plain".getBytes(UTF_8), Map.of());

    try (ObjectContent content = answer.getMessage().getBody(ObjectContent.class)) {
      assertThat(content.stream().readAllBytes()).asString(UTF_8).isEqualTo("plain");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "encryption-key-id, k2016, encrypted with key id k2016",
    "encryption-algorithm, aes-ctr, encrypted with aes-ctr"
  })
  void encryptedObject_isCalledSo(String name, String value, String told) throws Exception {
    byte[] secret = "secret".getBytes(UTF_8);
    Map<String, String> metadata = Map.of("compression-algorithm", "lzma", name, value);

    assertThatThrownBy(() -> get("main/" + name, secret, metadata))
        .cause()
        .isInstanceOf(ObjectEncryptedException.class)
        .hasMessageContaining("the object main/" + name + " is " + told);
  }

  @Test
  void algorithmThatIsUnknown_isNamed() throws Exception {
    Map<String, String> metadata = Map.of("compression-algorithm", "brotli");

    assertThatThrownBy(() -> get("main/brotli", new byte[1], metadata))
        .cause()
        .hasMessageContaining("main/brotli")
        .hasMessageContaining("unknown compression algorithm \"brotli\"");
  }
}
