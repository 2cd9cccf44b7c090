// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The database clusters in which a directory lies, told by the files of PostgreSQL's above it. */
final class SurroundingClusters {
  /**
   * What PostgreSQL has in a data directory, in the directory of each database, in pg_wal, and what
   * a restore leaves in a directory that is to be a cluster.
   */
  private static final List<String> SIGNS =
      List.of("PG_VERSION", "postmaster.pid", "archive_status", TargetDirectory.MARK);

  /** A server's own directory in a tablespace: TABLESPACE_VERSION_DIRECTORY. */
  private static final Pattern IN_TABLESPACE = Pattern.compile("PG_[0-9.]+_[0-9]+");

  private SurroundingClusters() {}

  /**
   * Refuses a directory inside of a database cluster; links are followed.
   *
   * @throws RestoreRefusedException with the directory above that is one
   */
  static void requireNone(Path directory) throws IOException {
    Path itself = TargetDirectory.real(directory);
    for (Path above : TraversedPath.of(directory)) {
      String sign = above.equals(itself) ? null : sign(above);
      if (sign != null) {
        throw new RestoreRefusedException(
            "%s lies inside a database cluster (%s), and nothing is restored there. Name a directory outside of it"
                .formatted(directory, sign));
      }
    }
  }

  private static @Nullable String sign(Path above) {
    if (Files.isSymbolicLink(above)) {
      // Where it leads to is passed too, and may be the directory itself.
      return null;
    }
    Path name = above.getFileName();
    if (name != null && IN_TABLESPACE.matcher(name.toString()).matches()) {
      return above + " belongs to a tablespace";
    }
    for (String sign : SIGNS) {
      if (Files.exists(above.resolve(sign), LinkOption.NOFOLLOW_LINKS)) {
        return above + " holds " + sign;
      }
    }
    return null;
  }
}
