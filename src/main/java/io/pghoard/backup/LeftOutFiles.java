// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.config.SiteName;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What pg_basebackup leaves out of a base backup: symbolic links and special files, for each of
 * which the server sends a warning, in its own language.
 *
 * <p>Source: the function sendDir of basebackup.c, {@code skipping special file "%s"}.
 */
final class LeftOutFiles {
  static final String REMEDY =
      "stop PostgreSQL, replace the link by what it points to, and start PostgreSQL; use a tablespace to keep a database on another disk";

  private static final Logger LOG = LoggerFactory.getLogger(LeftOutFiles.class);

  private static final String QUOTES = "\"«»„“”";
  private static final String PATH = "(?:\\./|/|pg_tblspc/)";

  /**
   * The path in the quotes of any language, without the second one when a line ends in the path. In
   * the warnings of damaged pages numbers follow.
   */
  private static final Pattern WARNING =
      Pattern.compile(
          "(?!pg_basebackup:)[^Q0-9]*[Q]\\h?(?:(P.*?)\\h?[Q][^Q0-9]*|(P[^Q]*))"
              .replace("Q", QUOTES)
              .replace("P", PATH));

  private static final Set<String> DATA =
      Set.of(
          "base",
          "global",
          "pg_commit_ts",
          "pg_logical",
          "pg_multixact",
          "pg_stat",
          "pg_tblspc",
          "pg_twophase",
          "pg_xact",
          "PG_VERSION");

  /** Of a million links nobody reads all. */
  private static final int MOST = 10_000;

  private final SiteName site;
  private final Set<String> names = Collections.synchronizedSet(new TreeSet<>());

  LeftOutFiles(SiteName site) {
    this.site = site;
  }

  /**
   * Takes note of a line that pg_basebackup wrote.
   *
   * @param end told why the base backup must end: the line is of data without which it is useless
   */
  void heard(String line, Consumer<String> end) {
    String name = named(line).orElse("");
    // A server that is started makes its socket itself.
    if (name.isEmpty() || name.startsWith(".s.PGSQL.")) {
      return;
    }
    if (isData(name)) {
      end.accept(
          "it leaves out %s, which is a symbolic link or a special file; %s"
              .formatted(name, REMEDY));
    } else if (names.size() < MOST && names.add(name)) {
      LOG.warn(
          "Site {}: the base backup does not contain {}, which is a symbolic link or a special file",
          site,
          name);
    }
  }

  /** The names relative to the data directory. */
  Collection<String> names() {
    return List.of(names.toArray(String[]::new));
  }

  /** What a line says was left out: relative to the data directory, or absolute. */
  static Optional<String> named(String line) {
    Matcher matcher = WARNING.matcher(line);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String path = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    return Optional.of(path.startsWith("./") ? path.substring(2) : path);
  }

  /** Whether a cluster without it is not whole; what is absolute lies in a tablespace. */
  static boolean isData(String name) {
    return name.startsWith("/") || DATA.contains(name.split("/", 2)[0]);
  }
}
