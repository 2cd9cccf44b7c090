// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.ConfigurationFile;
import io.pghoard.postgres.ConfigurationLine;
import io.pghoard.postgres.PostgresText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The configuration that came with a base backup, read as the server would: postgresql.conf with
 * all that it includes, then postgresql.auto.conf.
 *
 * <p>What in it leads to another cluster is made ineffective at the place where it stands: an
 * absolute path that overrode it would lead the restored cluster's own clones here.
 */
final class RestoredConfiguration {
  static final String AUTO_CONF = "postgresql.auto.conf";

  private static final String MAIN = "postgresql.conf";

  private final Path data;
  private final PathSettings rules;
  private final IncludedFiles includes;
  private final Map<String, String> settings = new HashMap<>();
  private final Set<String> targets = new HashSet<>();
  private final Set<String> recovery = new HashSet<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<Path, ConfigurationFile> changed = new HashMap<>();
  private final Set<Path> read = new HashSet<>();
  private boolean inAutoConf;

  private RestoredConfiguration(Path data) {
    this.data = data;
    ClusterPaths paths = new ClusterPaths(data);
    this.rules = new PathSettings(paths);
    this.includes = new IncludedFiles(paths, rules);
  }

  /**
   * Reads it, and changes nothing yet.
   *
   * @param data the restored data directory
   */
  static RestoredConfiguration read(Path data) throws IOException {
    RestoredConfiguration configuration = new RestoredConfiguration(data);
    configuration.noteLink(data.resolve(MAIN), "was not read");
    configuration.noteLink(data.resolve(AUTO_CONF), "is replaced by a file");
    configuration.readOwn(data.resolve(MAIN), 0);
    configuration.inAutoConf = true;
    configuration.readOwn(data.resolve(AUTO_CONF), 0);
    configuration.notes.addAll(configuration.rules.remarks(configuration.settings));
    return configuration;
  }

  /** The value of a setting, or null when the server's default is in force, or nobody knows. */
  @Nullable String value(String name) {
    return settings.get(name);
  }

  /** Whether postgresql.conf came with the backup. */
  boolean isKnown() {
    return read.contains(data.resolve(MAIN));
  }

  /** Which recovery targets are set outside of postgresql.auto.conf. */
  Set<String> targets() {
    return targets;
  }

  /** Which of these settings are set anywhere, to anything. */
  Set<String> set(Set<String> names) {
    Set<String> all = new HashSet<>(names);
    all.retainAll(recovery);
    return all;
  }

  /** What an operator should know of the configuration, and what was changed in it. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** The text of postgresql.auto.conf as it is to be now; "" when there is none. */
  String autoConf() throws IOException {
    Path file = data.resolve(AUTO_CONF);
    ConfigurationFile now = changed.get(file);
    return now != null ? now.text() : includes.isOwn(file) ? PostgresText.read(file) : "";
  }

  boolean isChanged(String name) {
    return changed.containsKey(data.resolve(name));
  }

  /** Writes the files that have changed but postgresql.auto.conf, and keeps a copy of each. */
  void write() throws IOException {
    for (Map.Entry<Path, ConfigurationFile> one : changed.entrySet()) {
      Path file = one.getKey();
      if (!file.equals(data.resolve(AUTO_CONF))) {
        Path copy = unused(file);
        new RewrittenFile(copy).write(PostgresText.read(file));
        new RewrittenFile(file).write(one.getValue().text());
        notes.add(file + " was changed for that; as it was backed up, it is " + copy);
      }
    }
  }

  private static Path unused(Path file) {
    Path copy = file.resolveSibling(file.getFileName() + ".before_restore");
    for (int number = 2; Files.exists(copy); number++) {
      copy = file.resolveSibling(file.getFileName() + ".before_restore." + number);
    }
    return copy;
  }

  private void noteLink(Path file, String what) {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !includes.isOwn(file)) {
      notes.add(file + " came as a link with the base backup, and " + what);
    }
  }

  private void readOwn(Path file, int depth) throws IOException {
    // Whatever is no plain file of the backup is not read: it could be anything, or without end.
    if (depth > IncludedFiles.DEEPEST || !includes.isOwn(file) || !read.add(file)) {
      return;
    }
    List<ConfigurationLine> lines = new ArrayList<>(ConfigurationFile.read(file).lines());
    boolean same = true;
    for (int i = 0; i < lines.size(); i++) {
      ConfigurationLine line = lines.get(i);
      ConfigurationLine now = take(file, line, depth);
      same &= now.equals(line);
      lines.set(i, now);
    }
    if (!same) {
      changed.put(file, new ConfigurationFile(lines));
    }
  }

  /** Takes a line over, and returns what it is to be in the file. */
  private ConfigurationLine take(Path file, ConfigurationLine line, int depth) throws IOException {
    String name = line.name();
    if (name == null) {
      return line;
    }
    Path directory = Objects.requireNonNull(file.getParent());
    if (IncludedFiles.isInclude(name)) {
      ConfigurationLine now = noted(file, line, includes.judge(directory, line));
      if (now.name() != null) {
        for (Path included : includes.files(directory, now)) {
          if (includes.isOwn(included)) {
            readOwn(included, depth + 1);
          } else {
            includes.settings(included, depth + 1).forEach(this::put);
          }
        }
      }
      return now;
    }
    ConfigurationLine now = noted(file, line, rules.judge(line));
    if (now.name() != null) {
      put(now);
    }
    return now;
  }

  private void put(ConfigurationLine line) {
    String name = Objects.requireNonNull(line.name());
    settings.put(name, line.value());
    if (!line.value().isEmpty()) {
      recovery.add(name);
      if (!inAutoConf && RecoverySettings.TARGETS.contains(name)) {
        targets.add(name);
      }
    }
  }

  private ConfigurationLine noted(Path file, ConfigurationLine line, @Nullable Verdict verdict) {
    if (verdict == null) {
      return line;
    }
    String where = data.relativize(file).toString();
    notes.add("in %s, %s".formatted(where, verdict.note()));
    String replacement = verdict.replacement();
    if (replacement == null) {
      return line;
    }
    return ConfigurationLine.parse(replacement);
  }

  /**
   * What is to become of a line.
   *
   * @param replacement null: it stays as it is
   */
  record Verdict(String note, @Nullable String replacement) {
    /** The line becomes a comment. */
    static Verdict ineffective(ConfigurationLine line, String why) {
      return new Verdict(
          PostgresText.shown(line.text().strip()) + " " + why + "; it was made a comment",
          "# disabled by pghoard_restore: " + line.text());
    }

    /** The line says something else. */
    static Verdict changed(ConfigurationLine line, String why, String now) {
      return new Verdict(
          PostgresText.shown(line.text().strip()) + " " + why + "; it is now: " + now,
          PostgresText.inUtf8(now));
    }
  }
}
