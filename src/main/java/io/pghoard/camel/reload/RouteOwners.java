// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.config.ThisUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Who may own a route file and its directory, as both are code. */
record RouteOwners(IntPredicate trusted) {
  /** For the daemon, which runs what they say: root and itself. */
  static RouteOwners ofDaemon() {
    return new RouteOwners(ThisUser::trusts);
  }

  /**
   * For who looks at a daemon's files as another user, such as root: also the owner of what the
   * daemon writes.
   */
  static RouteOwners ofCheck(Path backupLocation) throws IOException {
    if (!Files.exists(backupLocation)) {
      return ofRestore();
    }
    int daemon = ThisUser.uid(backupLocation.toRealPath());
    return new RouteOwners(uid -> ThisUser.trusts(uid) || uid == daemon);
  }

  /** For a restore by anybody, from the files of a daemon of any user. */
  static RouteOwners ofRestore() {
    return new RouteOwners(uid -> true);
  }

  /** Who else owns a file, or the directory that it lies in; null when nobody does. */
  @Nullable String stranger(Path file) throws IOException {
    Path real = file.toRealPath();
    String why = strangers(real);
    Path directory = real.getParent();
    return why != null || directory == null ? why : strangers(directory);
  }

  private @Nullable String strangers(Path path) throws IOException {
    return trusted.test(ThisUser.uid(path))
        ? null
        : "%s belongs to %s, who is neither root nor the daemon's user"
            .formatted(path, Files.getOwner(path));
  }
}
