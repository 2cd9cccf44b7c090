// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.ThisUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether nobody else can change where a path leads, as OpenSSH asks of the files that it trusts:
 * each directory on the way belongs to root or to this user, and no other user may write there.
 */
final class TrustedParents {
  private static final int OTHERS_MAY_WRITE = 022;
  private static final int STICKY = 01000;

  private TrustedParents() {}

  /**
   * Refuses a directory that another user could exchange for another one.
   *
   * @param allowed the directory of pghoard.json that it lies in, whose owner is trusted too
   */
  static void require(Path directory, Path allowed) throws IOException {
    Set<Integer> trusted = new HashSet<>(List.of(0, ThisUser.uid()));
    trusted.add(number(new TargetDirectory(allowed).existing(), "unix:uid"));
    for (Path each : TraversedPath.of(directory)) {
      boolean link = Files.isSymbolicLink(each);
      if (!trusted.contains(
          (int) Files.getAttribute(each, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
        throw refused(
            directory,
            "%s belongs to %s"
                .formatted(each, Files.getOwner(each, LinkOption.NOFOLLOW_LINKS).getName()),
            "restore below a directory of root's or of pghoard's user");
      }
      int mode = link ? 0 : number(each, "unix:mode");
      // In a sticky directory nobody can rename or delete what belongs to others.
      if ((mode & OTHERS_MAY_WRITE) != 0 && (mode & STICKY) == 0) {
        throw refused(directory, "other users may write in " + each, "chmod go-w " + each);
      }
    }
  }

  private static int number(Path path, String attribute) throws IOException {
    return (int) Files.getAttribute(path, attribute);
  }

  private static RestoreRefusedException refused(Path directory, String why, String remedy) {
    return new RestoreRefusedException(
        "a restore over HTTP does not write %s, because %s and could lead it elsewhere: %s"
            .formatted(directory, why, remedy));
  }
}
