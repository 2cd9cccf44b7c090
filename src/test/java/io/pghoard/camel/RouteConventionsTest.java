// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped routes keep the conventions, and the conventions refuse what breaks them. */
class RouteConventionsTest {
  private static final String GOOD =
      """
      - route:
          id: wal-archive
          description: Archives a segment.
          streamCache: false
          from:
            uri: direct:wal-archive
            steps:
              - to:
                  uri: bean:walAcceptance
                  parameters:
                    method: accept
      """;

  /** The route of GOOD, indented as a template's. */
  private static final String INNER =
      GOOD.lines().skip(2).map(line -> "  " + line + "\n").reduce("", String::concat);

  @Test
  void shippedRoutes_keepTheConventions() throws IOException {
    RouteConventions shipped =
        new RouteConventions(
            Path.of("src/main/resources/routes"), Path.of("src/test"), Path.of("docs/routes.md"));
    assertThat(shipped.breaches()).isEmpty();
  }

  @Test
  void goodRoute_passes(@TempDir Path directory) throws IOException {
    assertThat(breaches(directory, GOOD)).isEmpty();
  }

  @Test
  void noRoute_isABreach(@TempDir Path directory) throws IOException {
    assertThat(
            new RouteConventions(directory, directory, directory.resolve("routes.md")).breaches())
        .singleElement()
        .asString()
        .startsWith("no route in ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id: wal-archive      | id: archive                | called as its file",
        "Archives a segment.  | Archives a segment         | full stop",
        "description          | note                       | full stop",
        "streamCache: false   | streamCache: \"false\"     | without quotes",
        "bean:walAcceptance   | bean:walAcceptance?cache=1 | under parameters:",
        "bean:walAcceptance   | direct:wal-check           | direct:wal-check has no route",
        "bean:walAcceptance   | direct:${variable.next}    | choose between plain names",
        "direct:wal-archive   | timer:archive              | use scheduler:",
        "uri: direct:wal-archive | uri: timer               | use scheduler:",
        "direct:wal-archive   | direct:archive             | say direct:wal-archive",
        "method: accept       | groovy: 1 + 1              | call a bean",
        "- route:             | - beans:                   | has no place in a route file",
      })
  void breach_isNamed(String good, String bad, String told, @TempDir Path directory)
      throws IOException {
    assertThat(breaches(directory, GOOD.replace(good, bad)))
        .anySatisfy(breach -> assertThat(breach).startsWith("wal-archive: ").contains(told));
  }

  @Test
  void secondRoute_isABreach(@TempDir Path directory) throws IOException {
    assertThat(breaches(directory, GOOD + GOOD))
        .contains("wal-archive: one route a file, but there are 2");
  }

  @Test
  void template_isCalledAsASites(@TempDir Path directory) throws IOException {
    assertThat(breaches(directory, "- routeTemplate:\n    id: wal-archive\n    route:\n" + INNER))
        .containsExactly("wal-archive: a site's template is called site-..., and nothing else is");
  }

  @Test
  void thirteenSteps_areTooMany(@TempDir Path directory) throws IOException {
    String step = "        - to:\n            uri: bean:walAcceptance\n";
    assertThat(breaches(directory, GOOD + step.repeat(11))).isEmpty();
    assertThat(breaches(directory, GOOD + step.repeat(12)))
        .containsExactly("wal-archive: 13 steps, more than 12; make a route of some of them");
  }

  @Test
  void threeLevelsOfNesting_areTooMany(@TempDir Path directory) throws IOException {
    String nested = "- filter: {steps: [{filter: {steps: [{filter: {steps: [{stop: {}}]}}]}}]}\n";
    assertThat(breaches(directory, GOOD + "        " + nested))
        .containsExactly("wal-archive: 3 levels of nesting, more than 2");
  }

  @Test
  void routeWithoutTestOrLine_isABreach(@TempDir Path directory) throws IOException {
    breaches(directory, GOOD);
    Files.delete(directory.resolve("test/WalArchiveIT.java"));
    Files.writeString(directory.resolve("routes.md"), "wal-archive archives\n");
    assertThat(conventions(directory).breaches())
        .hasSize(2)
        .anyMatch(breach -> breach.endsWith("no test; add a WalArchiveTest or WalArchiveIT"))
        .anyMatch(breach -> breach.contains("wal-archive: no line in "));
  }

  @Test
  void routesOfAStorageType_areTestedByItsContract(@TempDir Path directory) throws IOException {
    String route = GOOD.replace("wal-archive", "repository-put-tape");
    breaches(directory, GOOD);
    Files.writeString(directory.resolve("routes/repository-put-tape.camel.yaml"), route);
    Files.writeString(
        directory.resolve("routes.md"),
        "| `wal-archive` | a |\n| `repository-put-tape`, `-get-tape` | b |\n");
    assertThat(conventions(directory).breaches())
        .containsExactly("repository-put-tape: no test; add a TapeStorageTest or TapeStorageIT");
    Files.writeString(directory.resolve("test/TapeStorageIT.java"), "");
    assertThat(conventions(directory).breaches()).isEmpty();
  }

  @Test
  void otherFile_isABreach(@TempDir Path directory) throws IOException {
    breaches(directory, GOOD);
    Files.writeString(directory.resolve("routes/notes.txt"), "");
    assertThat(conventions(directory).breaches())
        .containsExactly("notes.txt: not a route file; call it <route id>.camel.yaml");
  }

  private static Iterable<String> breaches(Path directory, String route) throws IOException {
    Files.createDirectories(directory.resolve("routes"));
    Files.createDirectories(directory.resolve("test"));
    Files.writeString(directory.resolve("routes/wal-archive.camel.yaml"), route);
    Files.writeString(directory.resolve("test/WalArchiveIT.java"), "");
    Files.writeString(directory.resolve("routes.md"), "| `wal-archive` | archives |\n");
    return conventions(directory).breaches();
  }

  private static RouteConventions conventions(Path directory) {
    return new RouteConventions(
        directory.resolve("routes"), directory.resolve("test"), directory.resolve("routes.md"));
  }
}
