// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.WalFileName;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Set;

/** A path in a site's WAL directory, where a client wants a file of the archive written. */
public record WalTarget(Path path) {
  /** What PostgreSQL asks for under these names, it asks for again and again. */
  private static final Set<String> REPLACED = Set.of("RECOVERYXLOG", "RECOVERYHISTORY");

  /**
   * Checks a path that comes from outside.
   *
   * @param asked the file that is to be written there
   * @throws IllegalArgumentException when it is not that of a file in the WAL directory
   * @throws NotDirectoryException when its directory is not there
   * @throws FileAlreadyExistsException when the cluster has a file there that PostgreSQL did not
   *     mean to be replaced
   */
  public static WalTarget parse(String text, WalFileName asked, SiteConfig site)
      throws IOException {
    Path path;
    try {
      path = Path.of(text).normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("not a path: " + text, e);
    }
    Path data = site.dataDirectory();
    Path directory = path.getParent();
    // By its name, as pg_wal itself is often a symbolic link, and PostgreSQL's all the same.
    if (directory == null
        || data == null
        || !(directory.equals(data.normalize().resolve("pg_wal"))
            || directory.equals(data.normalize().resolve("pg_xlog")))) {
      throw outside(text, site);
    }
    String name = String.valueOf(path.getFileName());
    if (!REPLACED.contains(name) && !name.equals(asked.toString())) {
      throw new IllegalArgumentException(
          "the name in x-pghoard-target-path must be "
              + asked
              + ", RECOVERYXLOG or RECOVERYHISTORY: "
              + text);
    }
    RunningPrimary.requireNone(data);
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory.toString());
    }
    if (!Files.exists(path, NOFOLLOW_LINKS)) {
      return new WalTarget(path);
    }
    if (!Files.isRegularFile(path, NOFOLLOW_LINKS)) {
      throw outside(text, site);
    }
    if (!REPLACED.contains(name)) {
      throw new FileAlreadyExistsException(
          path.toString(), null, "only RECOVERYXLOG and RECOVERYHISTORY are replaced");
    }
    return new WalTarget(path);
  }

  private static IllegalArgumentException outside(String text, SiteConfig site) {
    return new IllegalArgumentException(
        "x-pghoard-target-path must be the absolute path of a file in pg_wal of pg_data_directory ("
            + site.dataDirectory()
            + "): "
            + text);
  }
}
