// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The frames of a snappy stream on their way to the library, which believes whatever size a frame
 * tells, and calls itself for each frame that is to be skipped. So those end here, and one that
 * tells more than the format allows is refused.
 *
 * <pre>
 * frame: | type 1 | length of the rest 3, little-endian | CRC 4 | data |
 * type:  FF identifier, 00 compressed, 01 plain, 80 to FE to be skipped, others unknown
 * </pre>
 *
 * <p>Source: framing_format.txt of snappy, sections 3 and 4.
 */
final class SnappyFrames extends FilterInputStream {
  private static final int HEADER = 4;
  private static final int CRC = 4;

  /** The plain bytes of a frame. */
  private static final int LARGEST_PLAIN = 65536;

  /** What they can become: snappy's MaxCompressedLength. */
  private static final int LARGEST_COMPRESSED = 32 + LARGEST_PLAIN + LARGEST_PLAIN / 6;

  private static final int COMPRESSED = 0x00;
  private static final int PLAIN = 0x01;
  private static final int SKIPPED = 0x80;
  private static final int IDENTIFIER = 0xFF;

  private byte[] frame = {};
  private int position;

  SnappyFrames(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (position == frame.length) {
      if (!next()) {
        return -1;
      }
    }
    int size = Math.min(length, frame.length - position);
    System.arraycopy(frame, position, bytes, offset, size);
    position += size;
    return size;
  }

  /** Reads the next frame that is not skipped; false at the end. */
  private boolean next() throws IOException {
    byte[] header = in.readNBytes(HEADER);
    position = 0;
    frame = header;
    if (header.length < HEADER) {
      // The library says what is missing.
      return header.length > 0;
    }
    int type = header[0] & 0xFF;
    int length = (header[1] & 0xFF) | ((header[2] & 0xFF) << 8) | ((header[3] & 0xFF) << 16);
    if (type >= SKIPPED && type < IDENTIFIER) {
      frame = new byte[0];
      skip(type, length);
      return true;
    }
    int largest = type == PLAIN ? LARGEST_PLAIN : LARGEST_COMPRESSED;
    if (length > CRC + largest) {
      throw new IOException("a frame of type %02X has %d bytes".formatted(type, length));
    }
    byte[] rest = in.readNBytes(length);
    frame = Arrays.copyOf(header, HEADER + rest.length);
    System.arraycopy(rest, 0, frame, HEADER, rest.length);
    if (type == COMPRESSED && rest.length == length) {
      requirePlainSize(rest);
    }
    return true;
  }

  private void skip(int type, int length) throws IOException {
    try {
      in.skipNBytes(length);
    } catch (EOFException e) {
      throw new EOFException("a frame of type %02X is truncated".formatted(type));
    }
  }

  /** Of compressed data, the first number is the size of the plain ones: 7 bits a byte. */
  private static void requirePlainSize(byte[] rest) throws IOException {
    long size = 0;
    for (int i = CRC; i < rest.length && i < CRC + 5; i++) {
      size |= (rest[i] & 0x7FL) << (7 * (i - CRC));
      if (rest[i] >= 0) {
        break;
      }
    }
    if (size > LARGEST_PLAIN) {
      throw new IOException("a frame wants %d bytes of memory".formatted(size));
    }
  }

  @Override
  public long skip(long size) throws IOException {
    byte[] skipped = new byte[(int) Math.max(0, Math.min(size, 8192))];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public int available() {
    return frame.length - position;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
