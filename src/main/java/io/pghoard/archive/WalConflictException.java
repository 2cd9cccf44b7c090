// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.repository.ObjectKey;
import java.io.IOException;

/** The repository holds other content under the name of a file that PostgreSQL hands over. */
public final class WalConflictException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  /**
   * Says which two contents meet.
   *
   * @param offered the hash of the file that is handed over, in hexadecimal digits
   * @param stored the hash of the stored object's plain content
   */
  public WalConflictException(ObjectKey key, String algorithm, String offered, String stored) {
    super(
        "%s is already stored with different content: its %s is %s, and that of the new file is %s"
            .formatted(key, algorithm, stored, offered));
    this.remedy =
        "two servers archive to one site, or a server was rolled back: stop the wrong server, or give the site a new prefix in pghoard.json and keep the old prefix as a site with active false to restore from; nothing stored was changed";
  }

  WalConflictException(String message, String remedy) {
    super(message);
    this.remedy = remedy;
  }

  /** What the administrator is to do about it. */
  public String remedy() {
    return remedy;
  }
}
