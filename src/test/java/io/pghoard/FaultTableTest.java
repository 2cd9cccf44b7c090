// SPDX-License-Identifier: Apache-2.0
package io.pghoard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of faults in CONTRIBUTING.md: the tests that it names are there. */
final class FaultTableTest {
  private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z0-9]+)#([A-Za-z0-9_]+)`");

  @Test
  void namedTests_areThere() throws IOException {
    List<MatchResult> named =
        NAMED.matcher(Files.readString(Path.of("CONTRIBUTING.md"))).results().toList();
    assertThat(named).hasSizeGreaterThan(40);
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      Map<String, Path> classes =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .collect(
                  Collectors.toMap(
                      file -> file.getFileName().toString().replace(".java", ""),
                      file -> file,
                      (one, other) -> one));
      for (MatchResult test : named) {
        assertThat(classes).containsKey(test.group(1));
        assertThat(Files.readString(classes.get(test.group(1))))
            .contains("void " + test.group(2) + "(");
      }
    }
  }
}
