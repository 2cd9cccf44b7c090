// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.postgres.WalFileName;
import java.io.IOException;

/**
 * A file is proven absent from the archive: the repository could be listed, it is not there, and
 * nothing is there that would come after it. To a recovery this is the end of the archive.
 */
public final class WalAbsentException extends IOException {
  private static final long serialVersionUID = 1L;

  public WalAbsentException(WalFileName name) {
    super(name + " is not in the archive, and nothing after it is");
  }
}
