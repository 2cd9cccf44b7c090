// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/configuration.md against the reader: the same keys, and an example that is read. */
final class ConfigurationDocumentTest {
  private static final Path DOCUMENT = Path.of("docs/configuration.md");
  private static final Pattern ROW =
      Pattern.compile("^\\| `([A-Za-z0-9_.]+)` \\|", Pattern.MULTILINE);
  private static final Pattern EXAMPLE =
      Pattern.compile("```json\n(\\{.*?\n}\n)```", Pattern.DOTALL);

  @Test
  void keys_areTheSameAsTheReaders() throws IOException {
    Set<String> known = new TreeSet<>();
    Keys.all()
        .forEach(
            (where, kinds) ->
                kinds.forEach(
                    keys -> keys.byName().keySet().forEach(name -> known.add(where + name))));

    Set<String> documented =
        ROW.matcher(Files.readString(DOCUMENT))
            .results()
            .map(row -> row.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(documented).isEqualTo(known);
  }

  @Test
  void examples_areRead(@TempDir Path directory) throws IOException {
    for (MatchResult example : EXAMPLE.matcher(Files.readString(DOCUMENT)).results().toList()) {
      Path file = Files.writeString(directory.resolve("pghoard.json"), example.group(1));

      assertThat(ConfigFile.read(file).sites()).isNotEmpty();
    }
  }
}
