// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MachineCheckTest {
  private final Path directory;
  private final Path data;

  MachineCheckTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.data = Files.createDirectory(directory.resolve("data"));
    Files.writeString(data.resolve("PG_VERSION"), "15\n");
  }

  @Test
  void wholeMachine_hasNoProblem() throws Exception {
    assertThat(problems(valid())).isEmpty();
  }

  @Test
  void dataDirectory_mustHaveItsVersion() throws Exception {
    Files.delete(data.resolve("PG_VERSION"));

    assertThat(problems(valid()))
        .singleElement()
        .hasToString(
            "$.backup_sites.main.pg_data_directory: "
                + data
                + " is not a data directory: it has no file PG_VERSION; set it to what \"SHOW data_directory\" shows");
  }

  @Test
  void dataDirectory_mustBeThereUnlessTheSiteIsInactive() throws Exception {
    ConfigText text = valid().site("pg_data_directory", path("nowhere"));

    assertThat(problems(text))
        .extracting(Problem::cause)
        .singleElement()
        .asString()
        .contains("not a directory");
    assertThat(problems(text.site("active", "false"))).isEmpty();
  }

  @Test
  void programs_mustBeThere() throws Exception {
    ConfigText text =
        valid()
            .site("pg_bin_directory", path("bin"))
            .site("pg_basebackup_path", path("data/PG_VERSION"));

    assertThat(problems(text))
        .extracting(Problem::path)
        .containsExactly(
            "$.backup_sites.main.pg_bin_directory", "$.backup_sites.main.pg_basebackup_path");
  }

  @Test
  void places_mustNotBeBelowAFile() throws Exception {
    Files.createFile(directory.resolve("file"));
    ConfigText text =
        valid()
            .top("backup_location", path("file/x"))
            .top("json_state_file_path", path("file/state.json"))
            .site("object_storage", "{'local': {'directory': " + path("data2") + "}}");

    assertThat(problems(text))
        .extracting(Problem::path)
        .containsExactly("$.backup_location", "$.json_state_file_path");
  }

  private ConfigText valid() {
    return ConfigText.valid()
        .top("backup_location", path("spool"))
        .top("alert_file_dir", path("alerts"))
        .top("json_state_file_path", path("state.json"))
        .site("pg_data_directory", path("data"));
  }

  private String path(String name) {
    return "'" + directory.resolve(name) + "'";
  }

  private List<Problem> problems(ConfigText text) throws IOException {
    return MachineCheck.problems(text.read(directory));
  }
}
