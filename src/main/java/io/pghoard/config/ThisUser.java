// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The user as whom this process runs, by the number: a name need not have an entry in passwd. */
public final class ThisUser {
  private static final int ROOT = 0;
  private static final int UID = (int) new UnixSystem().getUid();

  private ThisUser() {}

  /** The number of this user: getuid(2). */
  public static int uid() {
    return UID;
  }

  /** Whose a file is; a link is not followed. */
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
