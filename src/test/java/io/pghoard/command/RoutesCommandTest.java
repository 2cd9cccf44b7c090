// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pghoard routes}, on a configuration that no daemon runs on. */
class RoutesCommandTest {
  private static final Path SHIPPED = Path.of("src/main/resources/routes/alert-raise.camel.yaml");

  private Path home;
  private Path routes;

  @BeforeEach
  void configure(@TempDir Path home) throws IOException {
    this.home = home;
    this.routes = home.resolve("routes");
    Path data = Files.createDirectory(home.resolve("data"));
    Files.writeString(data.resolve("PG_VERSION"), "15\n");
    Files.writeString(
        home.resolve("pghoard.json"),
        """
        {"backup_location": "%1$s/spool", "alert_file_dir": "%1$s", "http_port": 0,
         "json_state_file_path": "%1$s/state.json",
         "backup_sites": {"main": {"active_backup_mode": "archive_command",
           "pg_data_directory": "%1$s/data", "nodes": ["host=127.0.0.1"],
           "object_storage": {"storage_type": "local", "directory": "%1$s/repository"}}}}
        """
            .formatted(home));
  }

  @Test
  void copy_saysWhatItWasMadeFrom_andIsListedAndCompared() throws IOException {
    Path copy = routes.resolve("alert-raise.camel.yaml");
    assertThat(run("list").out()).contains("alert-raise.camel.yaml").doesNotContain("your own");

    assertThat(run("copy", "alert-raise").out().strip()).isEqualTo(copy.toString());
    assertThat(copy)
        .content()
        .startsWith("# Made from the shipped alert-raise.camel.yaml of pghoard ")
        .endsWith("\n" + Files.readString(SHIPPED));
    assertThat(run("diff", "alert-raise").out()).isEmpty();
    Files.writeString(
        copy, Files.readString(copy).replace("description: Raises", "description: Always raises"));
    assertThat(run("diff", "alert-raise").out().lines())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("-     description: Raises"))
        .anyMatch(line -> line.startsWith("+     description: Always raises"));
    assertThat(run("list").out())
        .containsPattern("alert-raise.camel.yaml +your own, in place of the shipped one\n");
    assertThat(run("show", "alert-raise").out()).isEqualTo(Files.readString(copy));
    assertThat(run("check").status()).isZero();

    RestoreToolRun again = run("copy", "alert-raise");
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.err()).contains("it exists already; move it elsewhere first");
  }

  @Test
  void copyOfAnOlderText_isTold_withWhatHasChanged() throws IOException {
    run("copy", "alert-raise");
    Path copy = routes.resolve("alert-raise.camel.yaml");
    Files.writeString(
        copy, Files.readString(copy).replaceFirst("SHA-256 [0-9a-f]{4}", "SHA-256 0000"));
    Files.writeString(
        routes.resolve(".alert-raise.camel.yaml.shipped"),
        Files.readString(SHIPPED).replace("bean:alerts", "bean:oldAlerts"));

    assertThat(run("list").out())
        .containsPattern("alert-raise.camel.yaml +your own, made from an older shipped one\n");
    assertThat(run("diff", "alert-raise").out().lines().map(String::strip))
        .containsExactly(
            "The shipped file has changed since yours was made from it:",
            "-             uri: bean:oldAlerts",
            "+             uri: bean:alerts");
  }

  @Test
  void brokenFile_failsTheCheck_andIsNamed() throws IOException {
    run("copy", "alert-raise");
    Path copy = routes.resolve("alert-raise.camel.yaml");
    Files.writeString(copy, Files.readString(copy).replace("method: raise", "method: rise"));

    RestoreToolRun check = run("check");
    assertThat(check.status()).isEqualTo(1);
    assertThat(check.out())
        .contains(copy + ", line ", "the bean alerts has no method rise", "correct the file");
  }

  @Test
  void wrongUse_isSaid() {
    assertThat(run("show", "alert-rise").status()).isEqualTo(2);
    assertThat(run("diff", "alert-raise").err()).contains("is not a file of yours");
    assertThat(run().err()).contains("name a command: list, show, diff, copy, check");
  }

  private RestoreToolRun run(String... arguments) {
    List<String> line = new ArrayList<>(List.of("routes"));
    line.addAll(List.of(arguments));
    line.addAll(List.of("--config", home.resolve("pghoard.json").toString()));
    return RestoreToolRun.of(DaemonCommand::run, line);
  }
}
