// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A daemon starts, and starts again, on an operator's route files. */
class RouteStartTest {
  private static final String FILE = "greeting.camel.yaml";

  private static final String GREETING =
      """
      - route:
          id: greeting
          from:
            uri: direct:greeting
            steps:
              - setBody:
                  constant: hello
      """;

  private Path home;
  private Path routes;

  @BeforeEach
  void directory(@TempDir Path home) throws IOException {
    this.home = home;
    this.routes = Files.createDirectories(home.resolve("routes"));
  }

  @Test
  void brokenFile_leavesTheLastSetInForce_andIsToldEverywhere() throws Exception {
    Files.writeString(routes.resolve(FILE), GREETING);
    new RunningService(home).close();
    Files.writeString(routes.resolve(FILE), GREETING.replace("setBody", "setBodi"));

    try (RunningService service = RunningService.with(home, "pghoard.state.write-period", "100")) {
      assertThat(ask(service, "direct:greeting")).isEqualTo("hello");
      assertThat(service.json("/status").path("routes").path("refused"))
          .singleElement()
          .satisfies(
              refused -> {
                assertThat(refused.path("file").asText()).isEqualTo(routes + "/" + FILE);
                assertThat(refused.path("line").asInt()).isEqualTo(6);
                assertThat(refused.path("cause").asText()).contains("setBodi");
                assertThat(refused.path("remedy").asText()).contains("correct the file");
              });
      assertThat(service.json("/health").path("status").asText()).isEqualTo("UP");
      assertThat(service.json("/health").path("troubles").toString()).contains("setBodi");
      Path alert = home.resolve("route_error");
      await().untilAsserted(() -> assertThat(alert).exists());
      assertThat(alert)
          .content()
          .contains("started with the route files that were last in force", FILE + ", line 6");
      await()
          .ignoreExceptions()
          .untilAsserted(
              () -> assertThat(stateFile().path("routes").toString()).contains("setBodi"));

      write(GREETING.replace("hello", "mended"));
      await()
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(ask(service, "direct:greeting")).isEqualTo("mended"));
      await().untilAsserted(() -> assertThat(alert).doesNotExist());
      assertThat(service.json("/status").path("routes").path("refused")).isEmpty();
      assertThat(service.json("/health").path("troubles")).isEmpty();
    }

    Files.writeString(routes.resolve(FILE), "- broken: again");
    try (RunningService service = new RunningService(home)) {
      assertThat(ask(service, "direct:greeting")).isEqualTo("mended");
    }
  }

  @Test
  void brokenFileOfTheFlowItself_archivingGoesOn() throws Exception {
    Path file = routes.resolve("wal-store.camel.yaml");
    Files.copy(Path.of("src/main/resources/routes/wal-store.camel.yaml"), file);
    try (ArchivingService before = new ArchivingService(home)) {
      before.archived(ArchivingService.FIRST);
    }
    Files.writeString(file, "- route: {");

    try (ArchivingService after = new ArchivingService(home)) {
      after.archived(ArchivingService.SECOND);
      assertThat(after.object(ArchivingService.SECOND)).exists();
      await().untilAsserted(() -> assertThat(home.resolve("route_error")).exists());
    }
  }

  /** A restore loads some files alone, and these name routes of others. */
  @Test
  void copyOfAFileThatARestoreUses_isNoHindranceToIt() throws Exception {
    for (String name : List.of("error-handling.camel.yaml", "repository-put.camel.yaml")) {
      Files.copy(Path.of("src/main/resources/routes", name), routes.resolve(name));
    }
    Files.writeString(
        routes.resolve("repository-put.camel.yaml"),
        Files.readString(routes.resolve("repository-put.camel.yaml"))
            .replaceFirst(
                "(?m)^      steps:\n",
                "      steps:\n        - wireTap:\n            uri: direct:greeting\n"));
    Files.writeString(routes.resolve(FILE), GREETING);
    new RunningService(home).close();

    try (Service restore =
        Service.restoreOnly(ConfigFile.read(home.resolve("pghoard.json")), home)) {
      restore.start();
      assertThat(restore.context().getRoute("restore-run")).isNotNull();
    }
  }

  @Test
  void brokenFileInPlaceOfAShippedOne_neverBringsTheShippedOneBack() throws Exception {
    String shipped = Files.readString(Path.of("src/main/resources/routes/http-api.camel.yaml"));
    Path file = routes.resolve("http-api.camel.yaml");
    Files.writeString(file, shipped.replace("path: /health", "path: /how-are-you"));
    new RunningService(home).close();
    Files.writeString(file, "");

    try (RunningService service = new RunningService(home)) {
      assertThat(service.send("GET", "/how-are-you").statusCode()).isEqualTo(200);
      assertThat(service.send("GET", "/health").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void firstStartWithABrokenFile_fails_andSaysWhatToDo() {
    assertThatThrownBy(
            () -> {
              Files.writeString(routes.resolve(FILE), GREETING.replace("setBody", "setBodi"));
              new RunningService(home).close();
            })
        .hasMessageContaining(FILE + ", line 6: ")
        .hasMessageContaining("setBodi")
        .hasMessageContaining("no set of route files has been in force here before")
        .hasMessageContaining("move the broken ones elsewhere");
  }

  @Test
  void directoryThatIsGone_isNotAnEmptyOne() throws Exception {
    Files.writeString(routes.resolve(FILE), GREETING);
    new RunningService(home).close();
    Path away = Files.move(routes, home.resolve("unmounted"));
    try (RunningService service = new RunningService(home)) {
      assertThat(ask(service, "direct:greeting")).isEqualTo("hello");
      assertThat(service.json("/health").path("troubles").toString())
          .contains("the directory of the route files is gone", "create it empty");
      Files.move(away, routes);
      await().untilAsserted(() -> assertThat(service.json("/health").path("troubles")).isEmpty());
      Files.move(routes, away);
      await().untilAsserted(() -> assertThat(service.json("/health").path("troubles")).hasSize(1));
      assertThat(ask(service, "direct:greeting")).isEqualTo("hello");
      Files.createDirectory(routes);
      await()
          .untilAsserted(
              () -> assertThat(service.service().context().getRoute("greeting")).isNull());
    }
    Files.writeString(routes.resolve(FILE), "broken");
    try (RunningService service = new RunningService(home)) {
      assertThat(service.service().context().getRoute("greeting")).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rwxrwxrwx | rw-r--r-- | everybody may write",
        "rwxr-xr-x | rw-rw-rw- | everybody may write",
        "rwxr-xr-x | not UTF-8 | it is not UTF-8"
      })
  void fileThatIsNotUsed_isNamedWithItsRemedy(String directory, String file, String told)
      throws Exception {
    Files.writeString(routes.resolve(FILE), GREETING);
    new RunningService(home).close();
    Files.setPosixFilePermissions(routes, PosixFilePermissions.fromString(directory));
    if (file.startsWith("r")) {
      Files.setPosixFilePermissions(routes.resolve(FILE), PosixFilePermissions.fromString(file));
    } else {
      Files.write(routes.resolve(FILE), GREETING.replace("hello", "bonté").getBytes(ISO_8859_1));
    }

    try (RunningService service = new RunningService(home)) {
      assertThat(ask(service, "direct:greeting")).isEqualTo("hello");
      assertThat(service.json("/status").path("routes").path("refused").toString())
          .contains(FILE, told);
    }
  }

  @Test
  void keptSetThatOthersMayWrite_isNotUsed() throws Exception {
    Files.writeString(routes.resolve(FILE), GREETING);
    new RunningService(home).close();
    Path kept = home.resolve("spool/.pghoard-routes.json");
    Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("rw-rw-rw-"));
    Files.writeString(routes.resolve(FILE), "broken");
    assertThatThrownBy(() -> new RunningService(home).close())
        .hasMessageContaining("the set that was last in force cannot be used: everybody may write");

    Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(kept, Files.readString(kept).substring(0, 40));
    assertThatThrownBy(() -> new RunningService(home).close())
        .hasMessageContaining(".pghoard-routes.json is damaged");

    Files.writeString(routes.resolve(FILE), GREETING);
    new RunningService(home).close();
    assertThat(new ObjectMapper().readTree(kept.toFile()).path("files").path(FILE).asText())
        .isEqualTo(GREETING);
  }

  private JsonNode stateFile() throws IOException {
    return new ObjectMapper().readTree(home.resolve("state.json").toFile());
  }

  private void write(String text) throws IOException {
    Path draft = Files.writeString(routes.resolve(".draft"), text);
    Files.move(draft, routes.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String ask(RunningService service, String endpoint) {
    return service
        .service()
        .context()
        .createProducerTemplate()
        .requestBody(endpoint, "", String.class);
  }
}
