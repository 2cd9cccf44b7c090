// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class SampleConfigTest {
  private static final Path SAMPLE = Path.of("config/pghoard.json");

  @Test
  void sample_isReadWithoutAProblem() throws Exception {
    PghoardConfig config = ConfigFile.read(SAMPLE);

    assertThat(config.sites()).containsOnlyKeys(new SiteName("main"));
    assertThat(config.routesDirectory()).isEqualTo(Path.of("config/routes").toAbsolutePath());
  }

  @Test
  void sample_isTheExampleOfTheReadme_andNamesNothingInTmp() throws IOException {
    String sample = Files.readString(SAMPLE);

    assertThat(Files.readString(Path.of("README.md")).replaceAll("(?m)^ {3}", "")).contains(sample);
    assertThat(sample)
        .contains("alert_file_dir", "json_state_file_path", "maintenance_mode_file")
        .doesNotContain("/tmp");
  }
}
