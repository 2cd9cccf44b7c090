// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.codec.FileNameBytes;
import io.pghoard.repository.BaseBackupObject.Tablespace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the places of a backup's tablespaces, and refuses those that cannot be used. */
final class Tablespaces {
  /** An Oid has 32 bits, without a sign. */
  private static final long LARGEST_OID = 0xFFFF_FFFFL;

  private final RestoreRun run;
  private final TargetRule rule;
  private final MainObject main;
  private final Map<String, Tablespace> tablespaces;

  private Tablespaces(RestoreRun run, MainObject main, TargetRule rule) {
    this.rule = rule;
    this.run = run;
    this.main = main;
    this.tablespaces = main.record().tablespaces();
  }

  /**
   * Places the tablespaces as the request maps them.
   *
   * @param main names them
   * @param rule of every directory
   * @throws RestoreRefusedException with the reason
   */
  static List<TablespaceDirectory> place(RestoreRun run, MainObject main, TargetRule rule)
      throws IOException {
    return new Tablespaces(run, main, rule).placed();
  }

  private List<TablespaceDirectory> placed() throws IOException {
    RestoreRequest request = run.request();
    requireObjectIds();
    Map<Tablespace, Path> mapped = mapped();
    requireConsent(mapped);
    Path wal = new TargetDirectory(request.targetDirectory()).linkedWal();
    List<TablespaceDirectory> placed = new ArrayList<>();
    for (Map.Entry<String, Tablespace> entry : tablespaces.entrySet()) {
      Tablespace tablespace = entry.getValue();
      Path own = mapped.get(tablespace);
      Path path = (own == null ? unmapped(tablespace) : own).normalize();
      rule.require(path);
      for (TablespaceDirectory other : placed) {
        requireApart(tablespace, path, other.path());
      }
      requireApart(tablespace, path, request.targetDirectory());
      if (wal != null) {
        requireApart(tablespace, path, wal);
      }
      placed.add(directory(entry, path));
    }
    for (TablespaceDirectory tablespace : placed) {
      tablespace.requireUsable(request);
    }
    return placed;
  }

  private TablespaceDirectory directory(Map.Entry<String, Tablespace> entry, Path path) {
    Tablespace tablespace = entry.getValue();
    return new TablespaceDirectory(
        entry.getKey(), tablespace.name(), tablespace.oid(), path, main.catalogVersion());
  }

  /** The directories that the request names. */
  private Map<Tablespace, Path> mapped() throws RestoreRefusedException {
    Map<Tablespace, Path> mapped = new HashMap<>();
    for (Map.Entry<String, Path> entry : run.request().tablespaces().directories().entrySet()) {
      Tablespace tablespace = called(entry.getKey());
      if (mapped.put(tablespace, entry.getValue()) != null) {
        throw new RestoreRefusedException(
            "two directories are given for tablespace %s, by its name and by its object id"
                .formatted(shown(tablespace)));
      }
    }
    return mapped;
  }

  /** By its name; or else by its object id, as a name may be hard to write. */
  private Tablespace called(String word) throws RestoreRefusedException {
    for (Tablespace tablespace : tablespaces.values()) {
      if (tablespace.name().equals(word)) {
        return tablespace;
      }
    }
    for (Tablespace tablespace : tablespaces.values()) {
      if (Long.toUnsignedString(tablespace.oid()).equals(word)) {
        return tablespace;
      }
    }
    throw new RestoreRefusedException(
        "the base backup has no tablespace %s; it has [%s]"
            .formatted(
                word,
                tablespaces.values().stream()
                    .map(Tablespaces::shown)
                    .collect(Collectors.joining(", "))));
  }

  private Path unmapped(Tablespace tablespace) throws RestoreRefusedException {
    Path base = run.request().tablespaces().base();
    if (base != null) {
      Path directory = base.resolve(tablespace.key());
      if (!tablespace.key().equals(tablespace.name())) {
        run.progress().note("tablespace " + shown(tablespace) + " is in " + directory);
      }
      return directory;
    }
    if (!tablespace.path().startsWith("/")) {
      throw new RestoreRefusedException(
          "the base backup does not say where tablespace %s lay; name its directory (--tablespace-dir %d=DIR)"
              .formatted(shown(tablespace), tablespace.oid()));
    }
    Path path = FileNameBytes.path(tablespace.path());
    if (tablespace.path().chars().anyMatch(Character::isISOControl)) {
      throw new RestoreRefusedException(
          "tablespace %s was in a directory whose name has control characters in it; name another (--tablespace-dir %d=DIR)"
              .formatted(shown(tablespace), tablespace.oid()));
    }
    return path;
  }

  /** By its object id PostgreSQL finds a tablespace. */
  private void requireObjectIds() throws RestoreRefusedException {
    Set<Long> seen = new HashSet<>();
    for (Tablespace tablespace : tablespaces.values()) {
      long oid = tablespace.oid();
      if (oid < 1 || oid > LARGEST_OID || !seen.add(oid)) {
        throw new RestoreRefusedException(
            "the base backup has no object id for tablespace %s, or one that another has too"
                .formatted(shown(tablespace)));
      }
    }
  }

  /**
   * Refuses to write where only the base backup says so: whoever can write to the repository would
   * choose the directory. It may where the cluster that is overwritten has the tablespace already.
   */
  private void requireConsent(Map<Tablespace, Path> mapped) throws IOException {
    TablespaceMapping mapping = run.request().tablespaces();
    if (mapping.original() || mapping.base() != null) {
      return;
    }
    List<String> asked = new ArrayList<>();
    for (Map.Entry<String, Tablespace> entry : tablespaces.entrySet()) {
      Tablespace tablespace = entry.getValue();
      if (!mapped.containsKey(tablespace)) {
        Path path = unmapped(tablespace);
        if (!directory(entry, path).belongsTo(run.request().targetDirectory())) {
          asked.add("tablespace %s to %s".formatted(shown(tablespace), path));
        }
      }
    }
    if (!asked.isEmpty()) {
      throw new RestoreRefusedException(
          "the base backup would write %s: allow that (--tablespace-original-dirs), or name a directory for each (--tablespace-dir NAME=DIR), or one for all (--tablespace-base-dir DIR)"
              .formatted(String.join(", ", asked)));
    }
  }

  private static String shown(Tablespace tablespace) {
    return "%s (%d)".formatted(FileNameBytes.shown(tablespace.name()), tablespace.oid());
  }

  private static void requireApart(Tablespace tablespace, Path directory, Path other)
      throws RestoreRefusedException {
    try {
      TargetDirectory.requireApart(directory, other);
    } catch (RestoreRefusedException e) {
      throw new RestoreRefusedException(
          "tablespace %s cannot be restored to %s: %s; name another directory for it (--tablespace-dir %d=DIR), or one for all tablespaces (--tablespace-base-dir DIR)"
              .formatted(shown(tablespace), directory, e.getMessage(), tablespace.oid()));
    }
  }
}
