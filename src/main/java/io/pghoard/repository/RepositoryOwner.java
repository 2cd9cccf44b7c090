// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.config.ThisUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whose a local repository is: what root writes there, the daemon of its user could not read. */
record RepositoryOwner(Path root) {
  /**
   * Refuses to write as root into the repository of another user.
   *
   * @throws PermanentStorageException with the user to run it as
   */
  void require() throws IOException {
    if (ThisUser.isRoot() && Files.exists(root) && ThisUser.uid(root.toRealPath()) != 0) {
      String owner = Files.getOwner(root).getName();
      throw new PermanentStorageException(
          "this runs as root, and the repository %s belongs to %s: run it as that user, sudo -u %s ..."
              .formatted(root, owner, owner));
    }
  }
}
