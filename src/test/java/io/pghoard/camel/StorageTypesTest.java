// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.config.StorageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The storage routes have a branch for each type of storage. */
class StorageTypesTest {
  @ParameterizedTest
  @ValueSource(strings = {"put", "get", "list", "delete"})
  void everyType_hasItsBranch(String verb) throws IOException {
    String router =
        Files.readString(Path.of("src/main/resources/routes/repository-" + verb + ".camel.yaml"));
    for (StorageType type : StorageType.values()) {
      assertThat(router)
          .contains("- simple: \"${variable.storageType} == '" + type.text() + "'\"")
          .contains("- to: direct:repository-" + verb + "-" + type.text() + "\n");
    }
  }
}
