// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.JavaCommand;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyFilesTest {
  @Test
  void hundredThousandFiles_takeLittleHeap(@TempDir Path directory) throws Exception {
    Process process =
        new ProcessBuilder(
                JavaCommand.of(ManyFiles.class, List.of("-Xmx14m"), directory.toString(), "100000"))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("100003 files");
  }
}
