// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class S3MetadataTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "100%", "%C3%BC", "ü%41", " x ", "a  b", "tab\there", "日本"})
  void value_comesBack(String value) {
    Map<String, String> metadata = Map.of("key", value, "other", "100%25");

    S3Metadata stored = S3Metadata.of(metadata, "hash", "id");

    assertThat(stored.plain()).isEqualTo(metadata);
    assertThat(stored.sha256()).isEqualTo("hash");
    assertThat(stored.isOf("id")).isTrue();
    assertThat(String.join("", stored.stored().values())).matches("[ -~]*");
  }

  @Test
  void asciiValue_staysAsItIs() {
    assertThat(S3Metadata.of(Map.of("k", "a \"b\" \\ {c} 100%41"), "h", "i").stored())
        .containsEntry("k", "a \"b\" \\ {c} 100%41")
        .doesNotContainKey("pghoard-encoded");
  }

  @Test
  void keyThatBeginsAsTheStoresOwn_isRefused_asItWouldNotComeBack() {
    assertThatThrownBy(() -> S3Metadata.of(Map.of("pghoard-x", "1"), "h", "i"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pghoard-x");
  }

  @Test
  void whatPythonAdds_isHidden() {
    assertThat(new S3Metadata(Map.of("content-length", "3", "host", "db")).plain())
        .containsExactly(Map.entry("host", "db"));
  }
}
