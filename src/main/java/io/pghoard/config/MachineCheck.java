// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a daemon needs on this machine, beyond a correct file: directories and PostgreSQL's
 * programs. A restore needs none of it.
 */
public final class MachineCheck {
  private final List<Problem> problems = new ArrayList<>();

  private MachineCheck() {}

  /** Everything that keeps a daemon with this configuration from working here; creates nothing. */
  public static List<Problem> problems(PghoardConfig config) {
    return problems(config, config.sites().values());
  }

  /** The same for some of its sites. */
  public static List<Problem> problems(PghoardConfig config, Collection<SiteConfig> sites) {
    MachineCheck check = new MachineCheck();
    check.writable("$.backup_location", config.backupLocation());
    check.writable("$.alert_file_dir", config.alertFileDirectory());
    check.parent("$.json_state_file_path", config.stateFile());
    sites.forEach(check::site);
    return List.copyOf(check.problems);
  }

  /**
   * What keeps root from being the daemon: directories of another user, who could not read any more
   * what root writes there.
   */
  public static List<Problem> problemsOfRoot(PghoardConfig config) throws IOException {
    MachineCheck check = new MachineCheck();
    if (ThisUser.isRoot()) {
      check.rootOwns("$.backup_location", config.backupLocation());
      for (SiteConfig site : config.sites().values()) {
        if (site.storage() instanceof LocalStorage local) {
          String path = Place.member("$.backup_sites", site.name().text());
          check.rootOwns(path + ".object_storage.directory", local.directory());
        }
      }
    }
    return List.copyOf(check.problems);
  }

  private void rootOwns(String path, Path directory) throws IOException {
    if (Files.exists(directory) && ThisUser.uid(directory.toRealPath()) != 0) {
      String owner = Files.getOwner(directory).getName();
      wrong(
          path,
          "this runs as root, and %s belongs to %s, who could not read what root writes there"
              .formatted(directory, owner),
          "start it as that user: sudo -u %s pghoard --config FILE".formatted(owner));
    }
  }

  private void site(SiteConfig site) {
    String path = Place.member("$.backup_sites", site.name().text());
    if (site.storage() instanceof LocalStorage local) {
      writable(path + ".object_storage.directory", local.directory());
    }
    if (site.storage() instanceof GoogleStorage google) {
      readable(path + ".object_storage.credential_file", google.key().file());
    }
    if (!site.active()) {
      return;
    }
    Path data = site.dataDirectory();
    if (data != null) {
      dataDirectory(path + ".pg_data_directory", data);
    }
    Path binaries = site.binDirectory();
    if (binaries != null && !Files.isDirectory(binaries)) {
      wrong(
          path + ".pg_bin_directory",
          binaries + " is not a directory",
          "set the one of pg_basebackup");
    }
    Path program = site.baseBackupProgram();
    if (program != null && !Files.isExecutable(program)) {
      wrong(
          path + ".pg_basebackup_path",
          program + " is not an executable program",
          "set it to the path of pg_basebackup, or leave it out");
    }
    Path receiver = site.wal().receiveProgram();
    if (site.wal().received() && receiver != null && !Files.isExecutable(receiver)) {
      wrong(
          path + ".pg_receivexlog_path",
          receiver + " is not an executable program",
          "set it to the path of pg_receivewal, or leave it out");
    }
  }

  private void dataDirectory(String path, Path directory) {
    if (!Files.isDirectory(directory)) {
      wrong(path, directory + " is not a directory", "set it to the cluster's data directory");
    } else if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
      wrong(
          path,
          directory + " cannot be read: permission denied",
          "run pghoard as the user that PostgreSQL runs as");
    } else if (!Files.isRegularFile(directory.resolve("PG_VERSION"))) {
      wrong(
          path,
          directory + " is not a data directory: it has no file PG_VERSION",
          "set it to what \"SHOW data_directory\" shows");
    }
  }

  private void readable(String path, @Nullable Path file) {
    if (file != null && !Files.isReadable(file)) {
      wrong(
          path,
          file + (Files.exists(file) ? " cannot be read: permission denied" : " is not there"),
          "set it to the JSON file that Google provided, and let the user that pghoard runs as read it");
    }
  }

  private void parent(String path, Path file) {
    Path directory = file.getParent();
    if (directory != null) {
      writable(path, directory);
    }
  }

  /** A directory that is not there yet is made at start: what counts is the nearest one above. */
  private void writable(String path, Path directory) {
    Path nearest = directory;
    while (!Files.exists(nearest) && nearest.getParent() != null) {
      nearest = nearest.getParent();
    }
    if (!Files.isDirectory(nearest)) {
      wrong(path, nearest + " is not a directory", "choose another path");
    } else if (!Files.isWritable(nearest)) {
      wrong(
          path,
          nearest + " cannot be written: permission denied",
          "give the user that pghoard runs as permission to write there, or choose another path");
    }
  }

  private void wrong(String path, String cause, String remedy) {
    problems.add(new Problem(path, 0, 0, cause, remedy));
  }
}
