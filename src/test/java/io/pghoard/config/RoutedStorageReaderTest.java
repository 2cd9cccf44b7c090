// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutedStorageReaderTest {
  private final Path directory;

  RoutedStorageReaderTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private RoutedStorage read(String keys) throws Exception {
    String json = "{'storage_type': 'routed'" + keys + "}";
    return (RoutedStorage)
        ConfigText.valid().site("object_storage", json).readSite(directory).storage();
  }

  @Test
  void everyKey_isRead_andOptionsAreNotShown() throws Exception {
    RoutedStorage storage =
        read(", 'name': 'rclone', 'options': {'word': 'hush', 'n': 1}, 'prefix': '/a/b/'");

    assertThat(storage)
        .isEqualTo(new RoutedStorage("rclone", Map.of("word", "hush", "n", "1"), "a/b"));
    assertThat(storage.toString()).contains("rclone").doesNotContain("hush");
    assertThat(storage.place()).isNotEqualTo(read(", 'name': 'rclone'").place());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | $.backup_sites.main.object_storage.name: the key is missing",
        ", 'name': 's3' | is not a valid name for a store of type routed",
        ", 'name': 's3-whole' | is not a valid name for a store of type routed",
        ", 'name': 'x', 'options': {'a': []} | $.backup_sites.main.object_storage.options.a: the value is a list",
        ", 'name': 'x', 'nmae': 'y' | the nearest known key is name",
      })
  void mistake_isNamed(String keys, String told) {
    assertThatThrownBy(() -> read(keys == null ? "" : keys)).hasMessageContaining(told);
  }
}
