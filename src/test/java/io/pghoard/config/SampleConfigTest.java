// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class SampleConfigTest {
  @Test
  void sample_isReadWithoutAProblem() throws Exception {
    PghoardConfig config = ConfigFile.read(Path.of("config/pghoard.json"));

    assertThat(config.sites()).containsOnlyKeys(new SiteName("example"));
    assertThat(config.routesDirectory()).isEqualTo(Path.of("config/routes").toAbsolutePath());
  }
}
