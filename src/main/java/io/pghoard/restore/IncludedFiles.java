// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.ConfigurationFile;
import io.pghoard.postgres.ConfigurationLine;
import io.pghoard.postgres.PostgresText;
import io.pghoard.restore.RestoredConfiguration.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files that a restored configuration includes.
 *
 * <p>Source: {@code ParseConfigFile} and {@code ParseConfigDirectory} in PostgreSQL's {@code
 * guc-file.l}.
 */
final class IncludedFiles {
  /** CONF_FILE_MAX_DEPTH. */
  static final int DEEPEST = 10;

  private final ClusterPaths paths;
  private final PathSettings rules;

  IncludedFiles(ClusterPaths paths, PathSettings rules) {
    this.paths = paths;
    this.rules = rules;
  }

  static boolean isInclude(String name) {
    return name.equals("include") || name.equals("include_if_exists") || name.equals("include_dir");
  }

  /** Whether it is a file that came with the backup, in the data directory itself. */
  boolean isOwn(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && paths.holds(file);
  }

  /**
   * What is to become of a line that includes something.
   *
   * @param directory of the file in which it stands
   */
  @Nullable Verdict judge(Path directory, ConfigurationLine line) throws IOException {
    Path file = ClusterPaths.resolve(directory, line.value());
    if (file == null || line.value().isEmpty() || paths.holds(file)) {
      return null;
    }
    Path other = paths.otherCluster(file);
    Path here = other == null ? null : paths.counterpart(file, other);
    if (here != null) {
      return Verdict.changed(
          line,
          "includes another cluster's file",
          ConfigurationLine.of(
              Objects.requireNonNull(line.name()), directory.relativize(here).toString()));
    }
    if (other != null) {
      return Verdict.ineffective(line, "includes another cluster's file");
    }
    if (!Files.exists(file)) {
      return Verdict.ineffective(
          line, "includes what is neither in the backup nor on this machine");
    }
    for (Path included : files(directory, line)) {
      for (ConfigurationLine inner : settings(included, 1)) {
        Verdict verdict = rules.judge(inner);
        if (verdict != null && verdict.replacement() != null) {
          return Verdict.ineffective(
              line,
              "includes a file outside of the restored cluster, in which "
                  + PostgresText.shown(inner.text().strip())
                  + " leads elsewhere");
        }
      }
    }
    String what = "includes a file that is not in the backup: the one of this machine is used";
    return "include".equals(line.name())
        ? Verdict.changed(
            line,
            what + " while it exists",
            ConfigurationLine.of("include_if_exists", PostgresText.shown(line.value())))
        : new Verdict(PostgresText.shown(line.text().strip()) + " " + what, null);
  }

  /** The files that a line includes, in the server's order; those that are not there left out. */
  List<Path> files(Path directory, ConfigurationLine line) throws IOException {
    Path file = ClusterPaths.resolve(directory, line.value());
    if (file == null || line.value().isEmpty()) {
      return List.of();
    }
    if (!"include_dir".equals(line.name())) {
      return Files.isRegularFile(file) ? List.of(file) : List.of();
    }
    if (!Files.isDirectory(file)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(file)) {
      return entries
          .filter(entry -> name(entry).matches("[^.].*\\.conf") && Files.isRegularFile(entry))
          .sorted(Comparator.comparing(IncludedFiles::name))
          .toList();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** What a file outside of the restored cluster sets, and those that it includes. */
  List<ConfigurationLine> settings(Path file, int depth) throws IOException {
    List<ConfigurationLine> all = new ArrayList<>();
    if (depth > DEEPEST || !Files.isRegularFile(file) || !Files.isReadable(file)) {
      return all;
    }
    Path directory = Objects.requireNonNull(file.getParent());
    for (ConfigurationLine line : ConfigurationFile.read(file).lines()) {
      String name = line.name();
      if (name == null) {
        continue;
      }
      if (isInclude(name)) {
        for (Path included : files(directory, line)) {
          all.addAll(settings(included, depth + 1));
        }
      } else {
        all.add(line);
      }
    }
    return all;
  }
}
