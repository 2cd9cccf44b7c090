// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tar archives of a cluster with several tablespaces, which pg_basebackup only writes to a
 * directory: {@code base.tar} and {@code OID.tar}. Each file is gone once it is read.
 */
final class TarFiles implements BackupTars {
  private static final Pattern OF_TABLESPACE = Pattern.compile("([0-9]{1,10})\\.tar");

  private final InputStream output;
  private final Path directory;
  private final BackedUpTablespaces tablespaces;
  private final Deque<Long> oids = new ArrayDeque<>();
  private boolean written;
  private @Nullable InputStream open;

  /**
   * Waits for a program, then reads what it wrote.
   *
   * @param output ends when the program does
   */
  TarFiles(InputStream output, Path directory, BackedUpTablespaces tablespaces) {
    this.output = output;
    this.directory = directory;
    this.tablespaces = tablespaces;
  }

  /** Where pg_basebackup puts the backup_manifest, which is in none of the archives. */
  static Path manifest(Path directory) {
    return directory.resolve("backup_manifest");
  }

  @Override
  public @Nullable Tar next() throws IOException {
    if (!written) {
      output.transferTo(OutputStream.nullOutputStream());
      written = true;
      oids.addAll(found());
      return open("pgdata/", "base.tar");
    }
    Long oid = oids.poll();
    return oid == null ? null : open(tablespaces.prefix(oid), oid + ".tar");
  }

  private Tar open(String prefix, String name) throws IOException {
    close(open);
    InputStream file =
        Files.newInputStream(
            directory.resolve(name), StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE);
    open = file;
    return new Tar(prefix, file);
  }

  @Override
  public void close() throws IOException {
    output.close();
    close(open);
  }

  private static void close(@Nullable InputStream file) throws IOException {
    if (file != null) {
      file.close();
    }
  }

  /** All that there are, also of a tablespace that was made after the list was. */
  private Set<Long> found() throws IOException {
    Set<Long> found = new TreeSet<>();
    try (var tars = Files.newDirectoryStream(directory, "*.tar")) {
      for (Path tar : tars) {
        String name = String.valueOf(tar.getFileName());
        Matcher matcher = OF_TABLESPACE.matcher(name);
        if (matcher.matches()) {
          found.add(Long.valueOf(matcher.group(1)));
        } else if (!name.equals("base.tar")) {
          throw new IOException("pg_basebackup wrote an unexpected archive: " + name);
        }
      }
    }
    return found;
  }
}
