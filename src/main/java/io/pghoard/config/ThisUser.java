// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The user as whom this process runs, by the number: a name need not have an entry in passwd. */
public final class ThisUser {
  private static final int ROOT = 0;
  private static final int UID = uid();

  private ThisUser() {}

  private static int uid() {
    try {
      return uid(Path.of("/proc/self"));
    } catch (IOException e) {
      // Without /proc: a file that this process makes is its user's.
      try {
        Path made = Files.createTempFile("pghoard-user-", "");
        try {
          return uid(made);
        } finally {
          Files.delete(made);
        }
      } catch (IOException unknown) {
        throw new IllegalStateException("cannot find out as which user this runs", unknown);
      }
    }
  }

  /** Whose a file is. */
  public static int uid(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  public static boolean isRoot() {
    return UID == ROOT;
  }

  /** Whether a file of this user is as good as our own: ours, or root's. */
  public static boolean trusts(int uid) {
    return uid == ROOT || uid == UID;
  }
}
