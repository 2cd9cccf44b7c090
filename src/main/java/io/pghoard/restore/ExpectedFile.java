// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;

/**
 * One file as a backup_manifest lists it.
 *
 * <pre>
 * 4 bytes  length of the path     of what it takes on disk, all of it
 * 8 bytes  size                   padded to a multiple of eight
 * 1 byte   algorithm
 * 1 byte   length of the checksum
 *          checksum, path as nameOf has it
 * </pre>
 *
 * @param checksum in hexadecimal digits
 */
record ExpectedFile(String path, long size, String algorithm, String checksum) {
  private static final List<String> ALGORITHMS =
      List.of("NONE", "CRC32C", "SHA224", "SHA256", "SHA384", "SHA512");
  private static final int HEAD = 14;

  /** The sizes of all files of a backup add up to a number of 63 bits. */
  private static final long LARGEST = 1L << 44;

  ExpectedFile {
    // Refuses one that nobody knows.
    if (!ALGORITHMS.contains(algorithm)) {
      FileDigest.of(algorithm);
    }
    if (checksum.length() > 2 * Byte.MAX_VALUE || size < 0 || size > LARGEST) {
      throw new IllegalArgumentException(path + " has an impossible size or checksum");
    }
  }

  ByteBuffer toBytes() {
    byte[] name = nameOf(path);
    byte[] sum = HexFormat.of().parseHex(checksum);
    ByteBuffer bytes = ByteBuffer.allocate(padded(HEAD + sum.length + name.length));
    bytes.putInt(name.length).putLong(size);
    bytes.put((byte) ALGORITHMS.indexOf(algorithm)).put((byte) sum.length);
    return bytes.put(sum).put(name).position(0);
  }

  /** One byte a character when that is enough; any two paths differ in these bytes too. */
  static byte[] nameOf(String path) {
    boolean narrow = path.chars().allMatch(c -> c < 0x100);
    ByteBuffer name = ByteBuffer.allocate(1 + path.length() * (narrow ? 1 : 2));
    name.put((byte) (narrow ? 1 : 2));
    if (narrow) {
      return name.put(path.getBytes(ISO_8859_1)).array();
    }
    name.asCharBuffer().put(path);
    return name.array();
  }

  static String pathOf(byte[] name) {
    return name[0] == 1
        ? new String(name, 1, name.length - 1, ISO_8859_1)
        : ByteBuffer.wrap(name, 1, name.length - 1).slice().asCharBuffer().toString();
  }

  static ExpectedFile at(ByteBuffer bytes, int start) {
    byte[] name = nameAt(bytes, start);
    byte[] checksum = new byte[bytes.get(start + 13)];
    bytes.get(start + HEAD, checksum);
    return new ExpectedFile(
        pathOf(name),
        bytes.getLong(start + 4),
        ALGORITHMS.get(bytes.get(start + 12)),
        HexFormat.of().formatHex(checksum));
  }

  static byte[] nameAt(ByteBuffer bytes, int start) {
    byte[] name = new byte[bytes.getInt(start)];
    bytes.get(start + HEAD + bytes.get(start + 13), name);
    return name;
  }

  /** How long the one at {@code start} is; 0: there is none. */
  static int lengthAt(ByteBuffer bytes, int start) {
    int name = bytes.getInt(start);
    return name == 0 ? 0 : padded(HEAD + bytes.get(start + 13) + name);
  }

  private static int padded(int length) {
    return (length + 7) & ~7;
  }
}
