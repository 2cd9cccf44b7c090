// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants restored, and where to.
 *
 * @param backup the name of a base backup, or {@link #LATEST}
 * @param targetDirectory the data directory to write, an absolute path
 * @param preservation whether retention spares the backup meanwhile; null: it is not asked to
 * @param overwrite whether a cluster in the target directory, or what an interrupted restore left
 *     there, may be replaced
 * @param keep whether files in it that are as they were backed up stay, and are not fetched
 */
public record RestoreRequest(
    SiteName site,
    String backup,
    Path targetDirectory,
    boolean overwrite,
    boolean keep,
    TablespaceMapping tablespaces,
    RecoveryOptions recovery,
    @Nullable Preservation preservation) {
  /** The newest base backup that fits the recovery target. */
  public static final String LATEST = "latest";

  public RestoreRequest {
    if (!targetDirectory.isAbsolute()) {
      throw new IllegalArgumentException(
          "the target directory must be an absolute path: " + targetDirectory);
    }
    targetDirectory = targetDirectory.normalize();
    if (targetDirectory.getNameCount() == 0) {
      throw new IllegalArgumentException("the target directory must not be " + targetDirectory);
    }
  }

  /** The same, recovering in another way. */
  RestoreRequest recovering(RecoveryOptions other) {
    return new RestoreRequest(
        site, backup, targetDirectory, overwrite, keep, tablespaces, other, preservation);
  }

  /**
   * The same; where nobody has asked for more, retention is asked to spare the backup until then,
   * and the restore goes on where it cannot be. The recovery after it reads WAL too, so the wish is
   * not taken back, but expires.
   */
  public RestoreRequest preservedWherePossible(Instant until) {
    return preservation != null
        ? this
        : new RestoreRequest(
            site,
            backup,
            targetDirectory,
            overwrite,
            keep,
            tablespaces,
            recovery,
            new Preservation(until, false, false));
  }

  /** What the operator should know of the restored cluster. */
  List<String> notes() {
    List<String> notes = new ArrayList<>(recovery.notes());
    boolean dated =
        !(recovery.target() instanceof RecoveryTarget.Name
            || recovery.target() instanceof RecoveryTarget.Transaction);
    if (backup.equals(LATEST) && !dated) {
      notes.add(
          "the newest base backup was restored, because only the WAL shows when the recovery target"
              + " was; if the server's log says that recovery ended before the target was reached,"
              + " the target is older: restore an earlier base backup by its name");
    }
    return notes;
  }
}
