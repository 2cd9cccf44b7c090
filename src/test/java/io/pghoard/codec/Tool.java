// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A program of the system that reads or writes a format independently of us. */
final class Tool {
  private Tool() {}

  /** Runs it and gives its output, both channels. */
  static byte[] output(Path directory, String... command) throws Exception {
    Path output = Files.createTempFile(directory, "output", "");
    int status = run(output, command);
    assertThat(status).as("exit status of %s: %s", List.of(command), Files.size(output)).isZero();
    return Files.readAllBytes(output);
  }

  private static int run(Path output, String... command) throws Exception {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(Redirect.to(output.toFile()))
              .start();
    } catch (IOException e) {
      throw new AssertionError(
          command[0] + " is missing: apt-get install xz-utils zstd python3", e);
    }
    try {
      assertThat(process.waitFor(60, SECONDS)).as("%s ends", List.of(command)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return process.exitValue();
  }
}
