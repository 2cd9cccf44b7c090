// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The only tar archive of a cluster without further tablespaces, as it arrives. */
final class StreamedTar implements BackupTars {
  private final InputStream content;
  private boolean taken;

  StreamedTar(InputStream content) {
    this.content = content;
  }

  @Override
  public @Nullable Tar next() {
    boolean first = !taken;
    taken = true;
    return first ? new Tar("pgdata/", content) : null;
  }

  @Override
  public void close() throws IOException {
    content.close();
  }
}
