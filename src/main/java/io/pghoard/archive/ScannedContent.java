// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.postgres.WalSegmentScan;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream whose bytes are scanned for WAL records as they pass. */
final class ScannedContent extends FilterInputStream {
  private final WalSegmentScan scan;

  ScannedContent(InputStream in, WalSegmentScan scan) {
    super(in);
    this.scan = scan;
  }

  @Override
  public int read() throws IOException {
    int next = in.read();
    if (next >= 0) {
      scan.add(new byte[] {(byte) next}, 0, 1);
    }
    return next;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = in.read(buffer, offset, length);
    if (read > 0) {
      scan.add(buffer, offset, read);
    }
    return read;
  }

  @Override
  public long skip(long size) throws IOException {
    byte[] skipped = new byte[(int) Math.max(0, Math.min(size, 8192))];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
