// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryEndScriptTest {
  private static final List<String> LINES =
      List.of(
          "# Recovery settings, appended by pghoard_restore.",
          "restore_command = 'copy \"%f\" $HOME `x` \\\\ %p'",
          "recovery_target = ''",
          "recovery_target_name = 'caf\u00e9'",
          "recovery_end_command = '/bin/sh pghoard_recovery_end.sh; echo ''it is'' over'");

  private Path data;
  private Path autoConf;

  @BeforeEach
  void write(@TempDir Path directory) throws IOException {
    data = directory;
    autoConf = data.resolve("postgresql.auto.conf");
    new RewrittenFile(data.resolve(RecoveryEndScript.NAME)).write(RecoveryEndScript.text(LINES));
  }

  private int run(String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(data.toFile());
    return builder
        .redirectErrorStream(true)
        .redirectOutput(data.resolve("log").toFile())
        .start()
        .waitFor();
  }

  private static String lines(String... lines) {
    return String.join("\n", lines) + "\n";
  }

  @Test
  void settingsOfTheRecovery_areTakenOut_andTheRestStaysAsItIs() throws Exception {
    String before =
        lines("# comment", "", "work_mem = '8MB' # \u00e9\u0085\r", "archive_mode = 'off'");
    String after = "log_line_prefix = '\u00e9'";
    Files.writeString(autoConf, before + lines(LINES.toArray(String[]::new)) + after, ISO_8859_1);
    Files.setPosixFilePermissions(autoConf, PosixFilePermissions.fromString("r--r-----"));
    assertThat(run("/bin/sh", RecoveryEndScript.NAME)).isZero();
    assertThat(data.resolve("log")).isEmptyFile();
    assertThat(Files.readString(autoConf, ISO_8859_1)).isEqualTo(before + after + "\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(autoConf)))
        .isEqualTo(isRoot() ? "rw-r-----" : "r--r-----");
    try (var files = Files.list(data)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrder("log", "postgresql.auto.conf");
    }
  }

  // To root every file is writable.
  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  @Test
  void settingThatAlterSystemHasChanged_isKept() throws Exception {
    // ALTER SYSTEM drops comments and writes the others again.
    Files.writeString(
        autoConf,
        lines("restore_command = 'another'", LINES.get(2), LINES.get(3), "work_mem = '8MB'"),
        ISO_8859_1);
    assertThat(run("/bin/sh", RecoveryEndScript.NAME)).isZero();
    assertThat(autoConf).hasContent("restore_command = 'another'\nwork_mem = '8MB'\n");
  }

  @Test
  void nothingElseInTheFile_leavesItEmpty() throws Exception {
    Files.writeString(autoConf, lines(LINES.toArray(String[]::new)), ISO_8859_1);
    assertThat(run("/bin/sh", data.resolve(RecoveryEndScript.NAME).toString())).isZero();
    assertThat(autoConf).isEmptyFile();
  }

  @Test
  void fileThatIsMissing_isToldWithWhatToDo_andTheUsersCommandRuns() throws Exception {
    assertThat(run("/bin/sh", "-c", RecoveryEndScript.COMMAND + "; echo and theirs")).isZero();
    assertThat(data.resolve("log"))
        .content()
        .contains("run it again: sh " + data.resolve(RecoveryEndScript.NAME), "and theirs");
    assertThat(data.resolve(RecoveryEndScript.NAME)).exists();
  }
}
