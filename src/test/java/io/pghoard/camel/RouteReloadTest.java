// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.camel.reload.RouteReload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator edits routes while the service runs. */
class RouteReloadTest {
  private RunningService service;
  private Path routes;

  @BeforeEach
  void start(@TempDir Path home) throws Exception {
    service = new RunningService(home);
    routes = Files.createDirectories(home.resolve("routes"));
  }

  @AfterEach
  void stop() throws Exception {
    service.close();
  }

  @Test
  void newFile_isTakenUp_andChanged_andRemoved() throws Exception {
    write("greeting.camel.yaml", greeting("greeting", "setBody", "hello"));
    eventually(() -> assertThat(ask("greeting")).isEqualTo("hello"));
    write("greeting.camel.yaml", greeting("greeting", "setBody", "good day to you"));
    eventually(() -> assertThat(ask("greeting")).isEqualTo("good day to you"));
    Files.delete(routes.resolve("greeting.camel.yaml"));
    await()
        .untilAsserted(() -> assertThat(service.service().context().getRoute("greeting")).isNull());
  }

  @Test
  void xmlFile_isTakenUp() throws Exception {
    write(
        "greeting.camel.xml",
        """
        <routes xmlns="http://camel.apache.org/schema/xml-io">
          <route id="greeting">
            <from uri="direct:greeting"/>
            <setBody><constant>from XML</constant></setBody>
          </route>
        </routes>
        """);
    eventually(() -> assertThat(ask("greeting")).isEqualTo("from XML"));
  }

  @Test
  void brokenEdit_keepsTheOldRoute_andSaysWhy() throws Exception {
    write("greeting.camel.yaml", greeting("greeting", "setBody", "hello"));
    eventually(() -> assertThat(ask("greeting")).isEqualTo("hello"));
    write("greeting.camel.yaml", greeting("greeting", "setBodi", "a misspelled step"));
    await().untilAsserted(() -> assertThat(reload().refusal()).contains("setBodi"));
    assertThat(ask("greeting")).isEqualTo("hello");
    assertThat(service.send("GET", "/health").statusCode()).isEqualTo(200);
    write("greeting.camel.yaml", greeting("greeting", "setBody", "mended"));
    eventually(() -> assertThat(ask("greeting")).isEqualTo("mended"));
    await().untilAsserted(() -> assertThat(reload().refusal()).isNull());
  }

  @Test
  void methodThatIsNotThere_isRefused_beforeTheFirstMessage() throws Exception {
    write(
        "greeting.camel.yaml",
        greeting("greeting", "setBody", "hello")
            + """
                    - to:
                        uri: bean:alerts
                        parameters:
                          method: rise(${body})
            """);
    await()
        .untilAsserted(
            () ->
                assertThat(reload().refusal())
                    .contains("greeting.camel.yaml, line 9: the bean alerts has no method rise"));
  }

  @Test
  void fileThatLeavesOthersWithoutARoute_isRefused() throws Exception {
    write("alert-clear.camel.yaml", greeting("alert-clear", "setBody", "hello"));
    await()
        .untilAsserted(
            () ->
                assertThat(reload().refusal())
                    .contains("alert-clear.camel.yaml: no route begins with direct:alert-clear"));
    assertThat(service.service().context().getRoute("alert-clear")).isNotNull();
  }

  @Test
  void routeConfigurationThatIsNotThere_isRefused() throws Exception {
    write(
        "greeting.camel.yaml",
        greeting("greeting", "setBody", "hello")
            .replace("    from:", "    routeConfigurationId: mine\n    from:"));
    await()
        .untilAsserted(
            () ->
                assertThat(reload().refusal())
                    .contains("greeting.camel.yaml: it asks for the route configuration mine"));
    Files.delete(routes.resolve("greeting.camel.yaml"));

    // As an earlier pghoard had it.
    String shipped =
        Files.readString(Path.of("src/main/resources/routes/error-handling.camel.yaml"));
    write("error-handling.camel.yaml", shipped.replace("id: scheduled", "id: something"));
    await()
        .untilAsserted(
            () ->
                assertThat(reload().refusal())
                    .contains(
                        "error-handling.camel.yaml: it has no route configuration scheduled"));
  }

  @Test
  void routeIdOfAnotherFile_isRefused() throws Exception {
    write("mine.camel.yaml", greeting("repository-get", "setBody", "not the door"));
    await()
        .untilAsserted(
            () ->
                assertThat(reload().refusal())
                    .contains("repository-get", "mine.camel.yaml", "repository-get.camel.yaml"));
  }

  @Test
  void fileOfABundledName_replacesTheRoute_andGivesItBack() throws Exception {
    String bundled = Files.readString(Path.of("src/main/resources/routes/http-api.camel.yaml"));
    write("http-api.camel.yaml", bundled.replace("path: /health", "path: /how-are-you"));
    await()
        .untilAsserted(
            () -> assertThat(service.send("GET", "/how-are-you").statusCode()).isEqualTo(200));
    Files.delete(routes.resolve("http-api.camel.yaml"));
    await()
        .untilAsserted(
            () -> assertThat(service.send("GET", "/health").statusCode()).isEqualTo(200));
  }

  @Test
  void siteTemplate_isMadeForEverySite_andMadeAnew() throws Exception {
    write("site-greeting.camel.yaml", template("hello from "));
    eventually(() -> assertThat(ask("site-greeting")).isEqualTo("hello from main"));
    write("site-greeting.camel.yaml", template("good day from "));
    eventually(() -> assertThat(ask("site-greeting")).isEqualTo("good day from main"));
    Files.delete(routes.resolve("site-greeting.camel.yaml"));
    await()
        .untilAsserted(
            () -> assertThat(service.service().context().getRoute("site-greeting-main")).isNull());
  }

  /** While a route is replaced, nobody answers for a moment. */
  private static void eventually(ThrowingRunnable assertion) {
    await().ignoreExceptions().untilAsserted(assertion);
  }

  private RouteReload reload() {
    return service.service().bean("routeReload", RouteReload.class);
  }

  private String ask(String route) {
    return service
        .service()
        .context()
        .createProducerTemplate()
        .requestBody("direct:" + route, "", String.class);
  }

  private void write(String name, String text) throws IOException {
    Path draft = routes.resolve(".draft");
    Files.writeString(draft, text);
    Files.move(draft, routes.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private static String greeting(String id, String step, String text) {
    return """
        - route:
            id: %s
            from:
              uri: direct:greeting
              steps:
                - %s:
                    constant: %s
        """
        .formatted(id, step, text);
  }

  private static String template(String text) {
    return """
        - routeTemplate:
            id: site-greeting
            parameters:
              - name: site
            route:
              from:
                uri: direct:site-greeting
                steps:
                  - setBody:
                      constant: "%s{{site}}"
        """
        .formatted(text);
  }
}
