// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.util.Arrays;
import org.tukaani.xz.FinishableOutputStream;

/**
 * The room for one block of an .xz stream: its plain bytes, and its bytes as stored (The .xz File
 * Format, section 3).
 *
 * <pre>
 * block:  | header | LZMA2 data | 0 to 3 zero bytes | CRC64 of the plain bytes 8 |
 * header: | size / 4 - 1: 1 | C0 | size of data | size of plain bytes | 21 | 01 | dictionary 1
 *         | 0 to 3 zero bytes | CRC32 of all before 4 |
 * </pre>
 *
 * C0: both sizes are told, and there is one filter; 21: LZMA2, with 01 byte of properties. The room
 * is used again for other blocks and keeps the size to which it has grown.
 */
final class XzBlock {
  private byte[] plain = {};
  private int plainSize;
  private byte[] stored = {};
  private int storedStart;
  private int storedEnd;
  private int padding;

  byte[] plain() {
    return plain;
  }

  int plainSize() {
    return plainSize;
  }

  void setPlainSize(int size) {
    plainSize = size;
  }

  byte[] stored() {
    return stored;
  }

  int storedStart() {
    return storedStart;
  }

  int storedSize() {
    return storedEnd - storedStart;
  }

  /** The size as the index tells it: all but the padding. */
  int unpaddedSize() {
    return storedSize() - padding;
  }

  /** Says which part of {@link #stored} is the block, and how much padding is in it. */
  void setStored(int start, int end, int paddingSize) {
    storedStart = start;
    storedEnd = end;
    padding = paddingSize;
  }

  void wantPlain(int size) {
    if (plain.length < size) {
      plain = new byte[size];
    }
  }

  /** Makes room for so many stored bytes, keeping what is there. */
  void wantStored(int size) {
    if (stored.length < size) {
      stored = Arrays.copyOf(stored, size);
    }
  }

  /** A stream into {@link #stored} from an offset on. */
  StoredOutput storedOutput(int from) {
    return new StoredOutput(from);
  }

  /** Appends to the stored bytes, which grow as needed. */
  final class StoredOutput extends FinishableOutputStream {
    private int position;

    private StoredOutput(int from) {
      position = from;
    }

    int position() {
      return position;
    }

    @Override
    public void write(int b) {
      room(1);
      stored[position++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      room(length);
      System.arraycopy(bytes, offset, stored, position, length);
      position += length;
    }

    private void room(int length) {
      if (stored.length - position < length) {
        wantStored(Math.max(position + length, stored.length + stored.length / 2));
      }
    }
  }
}
