// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.config.SiteConfig;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds PostgreSQL's programs on this machine. */
public final class ProgramSearch {
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

  private ProgramSearch() {}

  /**
   * pg_basebackup: as configured; or that of the server's major version; or the next newer one,
   * which understands older servers; or that in PATH.
   */
  public static Path baseBackup(SiteConfig site, int serverMajor) throws IOException {
    Path configured = site.baseBackupProgram();
    if (configured != null) {
      return executable(configured, "pg_basebackup_path");
    }
    return find(site, "pg_basebackup", serverMajor);
  }

  /** pg_receivewal, by the same rule; pg_receivexlog before PostgreSQL 10. */
  public static Path receiveWal(SiteConfig site, int serverMajor) throws IOException {
    Path configured = site.wal().receiveProgram();
    if (configured != null) {
      return executable(configured, "pg_receivexlog_path");
    }
    return find(site, serverMajor >= 10 ? "pg_receivewal" : "pg_receivexlog", serverMajor);
  }

  /** The server itself, of just this major version: no other starts its clusters. */
  public static Path server(SiteConfig site, int major) throws IOException {
    Path binDirectory = site.binDirectory();
    Path program =
        (binDirectory == null ? DEBIAN.resolve(major + "/bin") : binDirectory).resolve("postgres");
    Path found = Files.isExecutable(program) ? program : null;
    found = found == null && binDirectory == null ? inPath("postgres") : found;
    if (found == null) {
      throw new IOException(
          "there is no server of PostgreSQL %d on this machine, %s is not there: install it (on Debian the package postgresql-%d; no cluster of its own is needed), or set pg_bin_directory"
              .formatted(major, program, major));
    }
    return found;
  }

  /** psql, of any version. */
  public static Path psql(SiteConfig site) throws IOException {
    return find(site, "psql", 0);
  }

  private static Path find(SiteConfig site, String program, int major) throws IOException {
    Path binDirectory = site.binDirectory();
    if (binDirectory != null) {
      return executable(binDirectory.resolve(program), "pg_bin_directory");
    }
    Path found = inDebian(program, major);
    found = found == null ? inPath(program) : found;
    if (found == null) {
      throw new IOException(
          "there is no "
              + program
              + (major == 0 ? "" : " for PostgreSQL " + major)
              + " on this machine, neither in "
              + DEBIAN
              + " nor in PATH: install PostgreSQL's client programs, or set pg_bin_directory");
    }
    return found;
  }

  private static Path executable(Path program, String key) throws IOException {
    if (!Files.isExecutable(program)) {
      throw new IOException(key + " leads to " + program + ", which cannot be executed");
    }
    return program;
  }

  private static @Nullable Path inDebian(String program, int major) throws IOException {
    TreeMap<Integer, Path> byMajor = new TreeMap<>();
    if (Files.isDirectory(DEBIAN)) {
      try (DirectoryStream<Path> versions = Files.newDirectoryStream(DEBIAN, "[0-9]*")) {
        for (Path version : versions) {
          Path file = version.resolve("bin").resolve(program);
          if (version.getFileName().toString().matches("\\d{1,3}") && Files.isExecutable(file)) {
            byMajor.put(Integer.parseInt(version.getFileName().toString()), file);
          }
        }
      }
    }
    var fitting = byMajor.ceilingEntry(major);
    return fitting == null ? null : fitting.getValue();
  }

  private static @Nullable Path inPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    for (String directory : path.split(File.pathSeparator, -1)) {
      Path file = Path.of(directory.isEmpty() ? "." : directory).resolve(program);
      if (Files.isExecutable(file) && !Files.isDirectory(file)) {
        return file;
      }
    }
    return null;
  }
}
