// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A file of PostgreSQL's settings, line by line, in whatever encoding. */
public record ConfigurationFile(List<ConfigurationLine> lines) {
  public ConfigurationFile {
    lines = List.copyOf(lines);
  }

  public static ConfigurationFile read(Path file) throws IOException {
    return parse(PostgresText.read(file));
  }

  /** Reads the text of a file, as {@link PostgresText} gives it. */
  public static ConfigurationFile parse(String text) {
    String whole = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    return new ConfigurationFile(
        text.isEmpty()
            ? List.of()
            : Stream.of(whole.split("\n", -1)).map(ConfigurationLine::parse).toList());
  }

  /** The text again, with a line feed at its end. */
  public String text() {
    return lines.stream().map(line -> line.text() + "\n").collect(Collectors.joining());
  }
}
