// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pghoard.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunningProgramTest {
  @Test
  void output_isStreamed() throws IOException {
    try (RunningProgram program = shell("echo one; echo 'two  words'")) {
      assertThat(new String(program.readAllBytes(), UTF_8)).isEqualTo("one\ntwo  words\n");
      assertThat(program.read()).isEqualTo(-1);
    }
  }

  @Test
  void failure_isToldAtTheEndOfTheOutput() throws IOException {
    try (RunningProgram program = shell("echo partial; echo no connection >&2; exit 3")) {
      assertThatThrownBy(program::readAllBytes)
          .isInstanceOf(IOException.class)
          .hasMessage("sh exited with 3: no connection");
    }
  }

  @Test
  void listener_isToldEveryLineOfTheMessages() throws IOException {
    List<String> lines = new CopyOnWriteArrayList<>();
    try (RunningProgram program =
        shell("echo '  10/20 kB (50%), 0/1 tablespace' >&2; echo done >&2; exit 1")) {
      assertThatThrownBy(program::readAllBytes).hasMessage("sh exited with 1: done");
      program.listen(lines::add);
      assertThat(lines).containsExactly("done");
    }
  }

  @Test
  void listenerThatFails_endsTheProgram(@TempDir Path directory) throws Exception {
    Path go = directory.resolve("go");
    try (RunningProgram program =
        shell("until test -e " + go + "; do sleep 0.01; done; echo line >&2; exec sleep 600")) {
      program.listen(
          line -> {
            throw new StackOverflowError("for the test");
          });
      Files.createFile(go);
      assertThatThrownBy(program::readAllBytes)
          .hasMessageStartingWith(
              "sh was ended: its messages could not be followed: java.lang.StackOverflowError");
    }
  }

  @Test
  void programThatIsMissing_isNamed() throws IOException {
    try (RunningProgram program = RunningProgram.start("/nowhere/pg_basebackup", List.of())) {
      assertThatThrownBy(program::readAllBytes)
          .hasMessageContaining("pg_basebackup exited with 127")
          .hasMessageContaining("not found");
    }
  }

  @Test
  void programThatTakesTooLong_isEndedWithTheReason() throws IOException {
    try (RunningProgram program = shell("echo begun; exec sleep 600")) {
      program.endAfter(Duration.ofMillis(50), "its WAL did not arrive");
      assertThatThrownBy(program::readAllBytes)
          .hasMessageStartingWith("sh was ended: its WAL did not arrive");
    }
  }

  @Test
  void close_endsTheProgram(@TempDir Path directory) throws Exception {
    Path pid = directory.resolve("pid");
    long running;
    try (RunningProgram program = shell("echo $$ > " + pid + "; echo begun; exec sleep 600")) {
      assertThat(program.read()).isEqualTo('b');
      running = pid(pid);
      assertThat(ProcessHandle.of(running)).isPresent();
    }
    await().untilAsserted(() -> assertThat(runs(running)).isFalse());
  }

  @Test
  void deathOfItsStarter_endsTheProgram(@TempDir Path directory) throws Exception {
    Path pid = directory.resolve("pid");
    Process starter =
        new ProcessBuilder(JavaCommand.of(Starter.class, List.of(), pid.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(starter.getInputStream().read()).isEqualTo('b');
    long running = pid(pid);
    assertThat(runs(running)).isTrue();
    starter.destroyForcibly().waitFor();
    await().untilAsserted(() -> assertThat(runs(running)).isFalse());
  }

  @Test
  void output_ofLargeSizeIsRefused() {
    assertThatThrownBy(
            () ->
                RunningProgram.output(
                    "/bin/sh", List.of("-c", "head -c 2000000 /dev/zero"), Duration.ofSeconds(30)))
        .hasMessageContaining("more than 1 MiB");
  }

  private static RunningProgram shell(String script) throws IOException {
    return RunningProgram.start("/bin/sh", List.of("-c", script));
  }

  private static long pid(Path file) throws IOException {
    return Long.parseLong(Files.readString(file).strip());
  }

  /** A process that init has not yet reaped is dead all the same. */
  private static boolean runs(long pid) throws IOException {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    try {
      return !Files.readString(status).contains("State:\tZ");
    } catch (java.nio.file.NoSuchFileException e) {
      return false;
    }
  }

  /** A process that starts a program and waits for it. */
  static final class Starter {
    private Starter() {}

    public static void main(String[] arguments) throws IOException {
      try (RunningProgram program =
          shell("echo $$ > " + arguments[0] + "; echo begun; exec sleep 600")) {
        System.out.write(program.read());
        System.out.flush();
        program.readAllBytes();
      }
    }
  }
}
