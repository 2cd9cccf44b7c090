// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The 512 bytes in front of each entry of a tar archive.
 *
 * <pre>
 *   0 100 name          100 8 mode     108 8 owner    116 8 group    124 12 size   136 12 mtime
 * 148   8 checksum      156 1 type     157 100 link target           257  6 "ustar\0"
 * 263   2 version "00"  265 32 owner   297 32 group   329 8 8 device 345 155 prefix of the name
 * </pre>
 *
 * <p>Numbers are octal text; one too large for its field is base-256: the highest bit of the field
 * set, then a big-endian number. Source: POSIX pax, "ustar Interchange Format"; GNU tar manual,
 * "Extensions".
 */
final class TarHeader {
  static final int BLOCK = 512;
  private static final long LARGEST_OCTAL = 077777777777L;

  private final byte[] block;

  TarHeader(byte[] block) {
    this.block = block;
  }

  /** Writes the header of an entry whose name and link target are already known to fit. */
  static byte[] write(TarEntry entry, char type, String prefix, String name) {
    byte[] block = new byte[BLOCK];
    put(block, 0, name);
    octal(block, 100, 8, entry.mode());
    octal(block, 108, 8, 0);
    octal(block, 116, 8, 0);
    if (entry.size() > LARGEST_OCTAL) {
      block[124] = (byte) 0x80;
      ByteBuffer.wrap(block).putLong(128, entry.size());
    } else {
      octal(block, 124, 12, entry.size());
    }
    octal(block, 136, 12, Math.max(0, Math.min(entry.mtimeSeconds(), LARGEST_OCTAL)));
    block[156] = (byte) type;
    put(block, 157, entry.linkTarget());
    put(block, 257, "ustar\00000");
    octal(block, 329, 8, 0);
    octal(block, 337, 8, 0);
    put(block, 345, prefix);
    octal(block, 148, 7, sum(block));
    block[155] = ' ';
    return block;
  }

  boolean isZero() {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  void verify() throws IOException {
    long said = number(148, 8);
    if (said != sum(block)) {
      throw new IOException(
          "a tar header has the checksum " + sum(block) + " and not " + said + " as it says");
    }
  }

  char type() {
    return (char) (block[156] & 0xFF);
  }

  String name() {
    boolean posix = Arrays.equals(block, 257, 263, "ustar\0".getBytes(UTF_8), 0, 6);
    String prefix = posix ? text(345, 155) : "";
    return prefix.isEmpty() ? text(0, 100) : prefix + "/" + text(0, 100);
  }

  String linkTarget() {
    return text(157, 100);
  }

  long size() throws IOException {
    return number(124, 12);
  }

  int mode() throws IOException {
    return (int) (number(100, 8) & 07777);
  }

  long mtimeSeconds() throws IOException {
    return number(136, 12);
  }

  static TarEntry.Type typeOf(char flag, String name) throws IOException {
    return switch (flag) {
      case '0', '\0', '7' -> TarEntry.Type.FILE;
      case '1' -> TarEntry.Type.HARD_LINK;
      case '2' -> TarEntry.Type.SYMLINK;
      case '5' -> TarEntry.Type.DIRECTORY;
      default ->
          throw new IOException(
              "tar entry "
                  + FileNameBytes.shown(name)
                  + " is of the type '"
                  + flag
                  + "', which is neither file,"
                  + " directory nor link");
    };
  }

  static char flagOf(TarEntry.Type type) {
    return switch (type) {
      case FILE -> '0';
      case HARD_LINK -> '1';
      case SYMLINK -> '2';
      case DIRECTORY -> '5';
    };
  }

  private String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return FileNameBytes.decode(block, offset, end - offset);
  }

  private long number(int offset, int length) throws IOException {
    if ((block[offset] & 0x80) != 0) {
      return base256(offset, length);
    }
    String text = text(offset, length).strip();
    try {
      return text.isEmpty() ? 0 : Long.parseLong(text, 8);
    } catch (NumberFormatException e) {
      throw new IOException("a tar header has \"" + text + "\" where an octal number belongs", e);
    }
  }

  private long base256(int offset, int length) throws IOException {
    boolean negative = (block[offset] & 0x40) != 0;
    for (int i = offset; i < offset + length - 8; i++) {
      int expected = i == offset ? (negative ? 0xFF : 0x80) : (negative ? 0xFF : 0);
      if ((block[i] & 0xFF) != expected) {
        throw new IOException("a tar header has a number of more than 63 bits");
      }
    }
    long value = 0;
    for (int i = Math.max(offset + length - 8, offset); i < offset + length; i++) {
      int digit = block[i] & 0xFF;
      value = value << 8 | (i == offset && !negative ? digit & 0x7F : digit);
    }
    return value;
  }

  private static int sum(byte[] block) {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xFF;
    }
    return sum;
  }

  private static void put(byte[] block, int offset, String text) {
    byte[] bytes = FileNameBytes.encode(text);
    System.arraycopy(bytes, 0, block, offset, bytes.length);
  }

  /** Octal digits, as many as leave room for the NUL at the field's end. */
  private static void octal(byte[] block, int offset, int length, long value) {
    long rest = value;
    for (int i = offset + length - 2; i >= offset; i--) {
      block[i] = (byte) ('0' + (rest & 7));
      rest >>>= 3;
    }
  }
}
