// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A backup_manifest on its way, hashed except for its last line: that one carries the checksum of
 * all lines before it.
 */
final class BackupManifestHash extends FilterInputStream {
  /** A line holds one path, of at most some thousand bytes. */
  private static final int LONGEST_LINE = 1 << 20;

  private final MessageDigest digest;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean lineEnded;

  BackupManifestHash(InputStream in) {
    super(in);
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Reads what is left, and tells the hash in lower-case hexadecimal digits. */
  String hexDigest() throws IOException {
    transferTo(OutputStream.nullOutputStream());
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) == -1 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int got = in.read(target, offset, length);
    int start = offset;
    for (int i = offset; i < offset + got; i++) {
      if (lineEnded) {
        // Another byte follows the line, so it was not the last one.
        digest.update(line.toByteArray());
        line.reset();
        lineEnded = false;
      }
      if (target[i] == '\n') {
        hold(target, start, i + 1);
        start = i + 1;
        lineEnded = true;
      }
    }
    if (got > 0) {
      hold(target, start, offset + got);
    }
    return got;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void hold(byte[] bytes, int from, int to) throws IOException {
    if (line.size() + to - from > LONGEST_LINE) {
      throw new IOException(
          "the backup_manifest has a line of more than " + LONGEST_LINE + " bytes");
    }
    line.write(bytes, from, to - from);
  }
}
