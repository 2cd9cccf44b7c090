// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  @Test
  void spool_isEmptyAtTheStart_andForTheOwnerAlone(@TempDir Path home) throws Exception {
    Path location = home.resolve("location");
    Path leftover = location.resolve("spool/camel-tmp/cos123.tmp");
    try (Spool spool = Spool.ofDaemon(location)) {
      Files.createDirectories(leftover.getParent());
      Files.writeString(leftover, "left by a daemon that was killed");
      assertThat(spool.directory()).isEqualTo(location.resolve("spool"));
    }
    Files.createDirectories(leftover.getParent());
    Files.writeString(leftover, "left by a daemon that was killed");
    try (Spool spool = Spool.ofDaemon(location)) {
      assertThat(spool.directory()).isEmptyDirectory();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(location)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void temporarySpool_goesWithTheProcess() throws Exception {
    Process process =
        new ProcessBuilder(JavaCommand.of(Interrupted.class, List.of()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      Path directory = Path.of(process.inputReader(UTF_8).readLine());
      assertThat(directory.resolve("object")).exists();
      process.destroy();
      assertThat(process.waitFor()).isEqualTo(128 + 15);
      assertThat(directory).doesNotExist();
    } finally {
      process.destroyForcibly();
    }
  }

  /** A process with a spool that is told to end while it works. */
  static final class Interrupted {
    private Interrupted() {}

    public static void main(String[] arguments) throws Exception {
      Spool spool = Spool.temporary();
      Files.writeString(spool.directory().resolve("object"), "half of it");
      System.out.println(spool.directory());
      new CountDownLatch(1).await();
    }
  }

  @Test
  void secondDaemonInOneLocation_isRefused(@TempDir Path home) throws Exception {
    try (Spool first = Spool.ofDaemon(home)) {
      assertThatThrownBy(() -> Spool.ofDaemon(home).close())
          .isInstanceOf(IOException.class)
          .hasMessageContaining(
              "another pghoard (process %d) works in %s", ProcessHandle.current().pid(), home);
      assertThat(first.directory()).isDirectory();
    }
    Spool.ofDaemon(home).close();
  }
}
