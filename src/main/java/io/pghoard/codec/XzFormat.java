// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.XZIOException;

/**
 * The parts of an .xz stream around its blocks (The .xz File Format 1.2.0, sections 2.1 and 1.2).
 *
 * <pre>
 * stream: | header 12 | block | block | ... | index | footer 12 |
 * header: | FD 37 7A 58 5A 00 | flags 00 04 | CRC32 of flags 4 |
 * footer: | CRC32 of the next 6 bytes 4 | size of index / 4 - 1: 4 | flags 00 04 | 59 5A |
 * number: 7 bits a byte, lowest first; the high bit says that more follow; at most 9 bytes
 * </pre>
 *
 * Flags 00 04: each block ends in a CRC64. Integers are little-endian.
 */
final class XzFormat {
  static final int HEADER_SIZE = 12;
  static final int FOOTER_SIZE = 12;
  static final int CHECK_SIZE = 8;
  private static final byte[] MAGIC = {(byte) 0xFD, '7', 'z', 'X', 'Z', 0};
  private static final byte[] FLAGS = {0, 4};

  private XzFormat() {}

  static byte[] header() {
    byte[] header = new byte[HEADER_SIZE];
    littleEndian(header).put(MAGIC).put(FLAGS).putInt(crc32(FLAGS, 0, FLAGS.length));
    return header;
  }

  static boolean startsWithMagic(byte[] header) {
    return Arrays.mismatch(header, 0, Math.min(MAGIC.length, header.length), MAGIC, 0, MAGIC.length)
        < 0;
  }

  static byte[] footer(int indexSize) {
    byte[] footer = new byte[FOOTER_SIZE];
    ByteBuffer fields = littleEndian(footer);
    fields.putInt(0).putInt(indexSize / 4 - 1).put(FLAGS).put((byte) 'Y').put((byte) 'Z');
    fields.putInt(0, crc32(footer, 4, 6));
    return footer;
  }

  static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static void putNumber(ByteBuffer to, long number) {
    long rest = number;
    while (rest >= 0x80) {
      to.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    to.put((byte) rest);
  }

  /** The number at the buffer's position, or -1 if there is none. */
  static long number(ByteBuffer from) {
    long number = 0;
    for (int shift = 0; shift < 63 && from.hasRemaining(); shift += 7) {
      byte next = from.get();
      number |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return number;
      }
    }
    return -1;
  }

  static int crc32(byte[] bytes, int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /** How many zero bytes bring a size to a multiple of four. */
  static int padding(long size) {
    return (int) (-size & 3);
  }

  /** A decoder's refusal in words; a failure of the source stays what it is. */
  static IOException refusal(IOException cause) {
    if (cause instanceof EOFException) {
      return new IOException(
          "the .xz data are truncated: they end within a stream, before its index and footer",
          cause);
    }
    if (cause instanceof MemoryLimitException) {
      return new IOException("the .xz data need too large a dictionary: " + cause, cause);
    }
    return cause instanceof XZIOException
        ? new IOException("the .xz data are damaged, or followed by other bytes: " + cause, cause)
        : cause;
  }
}
