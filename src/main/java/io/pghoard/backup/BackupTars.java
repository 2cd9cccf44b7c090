// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The tar archives that pg_basebackup writes, one after another; closing them ends it. */
interface BackupTars extends Closeable {
  /**
   * One of them.
   *
   * @param prefix of its entries' names in a chunk: {@code pgdata/} or {@code tablespaces/NAME/}
   */
  record Tar(String prefix, InputStream content) {}

  /** The next one, when that before it was read; null after the last. */
  @Nullable Tar next() throws IOException;
}
