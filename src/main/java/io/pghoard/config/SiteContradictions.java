// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds what cannot be true of two sites together, or of a site and the whole file. */
final class SiteContradictions {
  /** The folders that a site has below its prefix (docs/format.md). */
  private static final List<String> FOLDERS =
      List.of(
          "basebackup",
          "basebackup_chunk",
          "basebackup_delta",
          "basebackup_delta_chunk",
          "pghoard_check",
          "preservation_request",
          "timeline",
          "xlog");

  private final Problems problems;
  private final Path backupLocation;
  private final Map<Path, SiteName> placesInStorage = new LinkedHashMap<>();
  private final Map<String, SiteName> prefixes = new LinkedHashMap<>();
  private final Map<Path, SiteName> watched = new LinkedHashMap<>();

  SiteContradictions(Problems problems, Path backupLocation) {
    this.problems = problems;
    this.backupLocation = backupLocation;
  }

  /** Checks one more site against the file and against the sites before it. */
  void check(SiteConfig site, Section section) {
    checkDataDirectory(site, section);
    checkWatched(site, section);
    int before = problems.inOrder().size();
    Path place = site.storage().place().resolve(site.prefix()).normalize();
    placesInStorage.forEach((other, name) -> checkStorage(section, place, other, name));
    placesInStorage.putIfAbsent(place, site.name());
    SiteName same = prefixes.putIfAbsent(site.prefix(), site.name());
    if (same != null && problems.inOrder().size() == before) {
      problems.add(
          section.has("prefix") ? section.place("prefix") : section.place(),
          "the site has the same directory below backup_location as site \"" + same + "\"",
          "give each site a prefix of its own, in whatever storage it is");
    }
  }

  /** What a server archives goes to one site. */
  private void checkWatched(SiteConfig site, Section section) {
    Path data = site.dataDirectory();
    if (data == null || !site.active() || site.wal().mode() != BackupMode.ARCHIVE_COMMAND) {
      return;
    }
    SiteName same = watched.putIfAbsent(data.normalize(), site.name());
    if (same != null) {
      section.wrong(
          "pg_data_directory",
          "site \"" + same + "\" already archives from it",
          "set active_backup_mode to pg_receivexlog in the second site");
    }
  }

  /** PostgreSQL removes what it does not know there, and a base backup would hold itself. */
  private void checkDataDirectory(SiteConfig site, Section section) {
    Path data = site.dataDirectory();
    if (data == null || !section.isSet("pg_data_directory") || data.equals(Path.of("/"))) {
      return;
    }
    if (backupLocation.startsWith(data)) {
      section.wrong(
          "pg_data_directory",
          "backup_location is inside it",
          "choose a backup_location outside of every data directory");
    }
    if (section.isSet("object_storage")
        && site.storage() instanceof LocalStorage local
        && local.directory().startsWith(data)) {
      section.wrong(
          "object_storage",
          "the repository is inside pg_data_directory",
          "choose a directory outside of every data directory");
    }
  }

  private void checkStorage(Section section, Path place, Path other, SiteName name) {
    boolean within = isInFolder(place, other) || isInFolder(other, place);
    if (place.equals(other) || within) {
      problems.add(
          section.has("prefix") ? section.place("prefix") : section.place(),
          "the site has the same place in the same storage as site \"" + name + "\"",
          "give each site a prefix, or a directory, of its own");
    }
  }

  private static boolean isInFolder(Path inner, Path outer) {
    return inner.startsWith(outer)
        && inner.getNameCount() > outer.getNameCount()
        && FOLDERS.contains(inner.getName(outer.getNameCount()).toString());
  }
}
