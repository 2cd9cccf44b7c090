// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DaemonCommandTest {
  @Test
  void wrongConfiguration_isToldLineByLineAndEndsWith1(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("pghoard.json");
    Files.writeString(file, "{\n\"backup_location\": \"b\",\n\"http_prot\": 1\n}\n");

    assertThat(errorsOf(1, "--config", file.toString()).lines())
        .satisfiesExactly(
            first -> assertThat(first).startsWith(file + ":2:20: $.backup_location: "),
            second -> assertThat(second).startsWith(file + ":3:1: $.http_prot: "));
  }

  @Test
  void machineWithoutTheDataDirectory_isToldAndEndsWith1(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("pghoard.json");
    String data = directory.resolve("data").toString();
    Files.writeString(
        file,
        """
        {"backup_location": "%s", "alert_file_dir": "%s", "backup_sites": {"main": {
          "active_backup_mode": "archive_command", "nodes": [""], "pg_data_directory": "%s"}}}
        """
            .formatted(directory, directory, data));

    assertThat(errorsOf(1, file.toString()).lines())
        .singleElement()
        .asString()
        .startsWith(file + ": $.backup_sites.main.pg_data_directory: " + data);
  }

  @Test
  void missingFileName_isAMistakeOfUse() {
    assertThat(errorsOf(2)).contains("--config");
  }

  private static String errorsOf(int status, String... arguments) {
    PrintStream before = System.err;
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
    try {
      assertThat(DaemonCommand.run(arguments)).isEqualTo(status);
    } finally {
      System.setErr(before);
    }
    return errors.toString(StandardCharsets.UTF_8);
  }
}
