// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.postgres.WalFileName;
import java.io.IOException;

/** A file is missing from the archive, and what comes after it is there: data would be lost. */
public final class WalGapException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Says between which files the gap is.
   *
   * @param missing the first file that is not there
   * @param present the next one that is
   */
  public WalGapException(WalFileName missing, String present) {
    super(
        "%s is missing from the archive, while %s is there: recovery would end at this gap"
            .formatted(missing, present));
  }

  private WalGapException(String message) {
    super(message);
  }

  /** Says that recovery cannot pass into a stored segment. */
  static WalGapException ofBreak(WalFileName segment) {
    return new WalGapException(
        "%s does not continue the segment before it, because the server was set back to an earlier state in between: recovery would end there"
            .formatted(segment));
  }

  /** What the administrator is to do about it. */
  public String remedy() {
    return "if the file is still in pg_wal of a server, archive it; else set a recovery target"
        + " before the gap, or restore a base backup taken after it";
  }
}
