// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.daemon;

import io.pghoard.repository.CheckedContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The bytes of a stored object as a daemon sends them, from an offset on.
 *
 * <pre>
 * ...        the stored bytes from the offset to their end
 * 32 bytes   SHA-256 of all stored bytes, those before the offset too
 * </pre>
 *
 * <p>So the last answer of several that went on after a cut proves the bytes of all.
 */
public final class SentObject {
  /** The media type of an answer that is made so. */
  public static final String MEDIA_TYPE = "application/vnd.pghoard.object";

  /** The header of an answer that holds the object's metadata, in JSON. */
  public static final String METADATA = "x-pghoard-metadata";

  /** The header of a request that says at which byte to begin. */
  public static final String OFFSET = "x-pghoard-offset";

  static final int HASH_SIZE = 32;
  private static final int PIECE = 1 << 16;

  private final InputStream in;
  private final MessageDigest digest = CheckedContent.sha256();
  private final byte[] first;

  /**
   * Reads as far as the first piece that is to be sent, so that what fails early is known before
   * anything is sent; of a small object that is all.
   *
   * @param in not closed
   * @throws IllegalArgumentException when the object ends before the offset
   */
  public SentObject(InputStream in, long offset) throws IOException {
    this.in = in;
    byte[] piece = new byte[PIECE];
    for (long left = offset; left > 0; ) {
      int read = in.read(piece, 0, (int) Math.min(PIECE, left));
      if (read < 0) {
        throw new IllegalArgumentException(
            "the object has %d bytes, and none at %d".formatted(offset - left, offset));
      }
      digest.update(piece, 0, read);
      left -= read;
    }
    first = in.readNBytes(PIECE);
  }

  /** Writes the rest, and the hash. */
  public void writeTo(OutputStream out) throws IOException {
    byte[] piece = first;
    for (int length = first.length; length > 0; length = in.readNBytes(piece, 0, piece.length)) {
      digest.update(piece, 0, length);
      out.write(piece, 0, length);
    }
    out.write(digest.digest());
  }

  /** Whether the hash that came is that of the bytes that came. */
  static boolean isOf(byte[] hash, MessageDigest received) {
    return Arrays.equals(hash, received.digest());
  }
}
