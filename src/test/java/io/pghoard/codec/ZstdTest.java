// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import static io.pghoard.codec.Samples.BLOCK;
import static io.pghoard.codec.Samples.compressible;
import static io.pghoard.codec.Samples.decode;
import static io.pghoard.codec.Samples.encode;
import static io.pghoard.codec.Samples.join;
import static io.pghoard.codec.Samples.random;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ZstdTest {
  private final Zstd zstd = new Zstd(0, 2);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BLOCK, 150 * BLOCK + 1})
  void zstd_readsOurOneFrame(int size, @TempDir Path directory) throws Exception {
    byte[] plain = join(compressible(size - size / 3), random(size / 3));
    String file = Files.write(directory.resolve("ours.zst"), encode(zstd, plain)).toString();

    Tool.output(directory, "zstd", "-t", file);
    assertThat(Tool.output(directory, "zstd", "-qdc", file)).isEqualTo(plain);
    assertThat(new String(Tool.output(directory, "zstd", "-lv", file), UTF_8))
        .containsPattern("Number of files listed: 1|# Zstandard Frames: 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-3", "--fast=5", "-19", "--no-check"})
  void zstdFrames_areRead(String option, @TempDir Path directory) throws Exception {
    byte[] plain = compressible(4 * BLOCK);
    String file = Files.write(directory.resolve("plain"), plain).toString();

    byte[] stored = Tool.output(directory, "zstd", option, "-qc", file);

    assertThat(decode(zstd, join(stored, stored))).isEqualTo(join(plain, plain));
  }
}
