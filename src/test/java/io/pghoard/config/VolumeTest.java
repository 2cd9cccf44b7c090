// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumeTest {
  @Test
  void usableBytes_areThoseOfTheFileSystem(@TempDir Path directory) throws Exception {
    Process df = new ProcessBuilder("df", "-B1", "--output=avail", directory.toString()).start();
    List<String> lines = new String(df.getInputStream().readAllBytes(), UTF_8).lines().toList();
    long known = Long.parseLong(lines.get(1).strip());
    assertThat(Volume.usableBytes(directory)).isCloseTo(known, Percentage.withPercentage(10));
  }

  @Test
  void usableBytes_ofAMissingPath_areNotNought(@TempDir Path directory) {
    assertThatThrownBy(() -> Volume.usableBytes(directory.resolve("missing")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void device_isOneForOneFileSystem_andAnotherForAnother(@TempDir Path directory) throws Exception {
    Path below = Files.createDirectory(directory.resolve("below"));
    assertThat(Volume.device(below)).isEqualTo(Volume.device(directory));
    assertThat(Volume.device(Path.of("/proc"))).isNotEqualTo(Volume.device(directory));
  }
}
