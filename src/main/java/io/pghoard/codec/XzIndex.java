// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The sizes of the blocks of one .xz stream, in their order (The .xz File Format, section 4).
 *
 * <pre>
 * index:  | 00 | number of records | record | ... | 0 to 3 zero bytes | CRC32 4 |
 * record: | size of block without its padding | size of its plain bytes |
 * </pre>
 *
 * It grows by some 6 bytes a block: 6 MB a terabyte at level 0. It has a bound, as blocks can be
 * empty.
 */
final class XzIndex {
  private static final int LONGEST_NUMBER = 9;
  private static final int LARGEST = 16 << 20;

  private final ByteArrayOutputStream records = new ByteArrayOutputStream();
  private long count;

  /**
   * Adds a block.
   *
   * @throws IOException when there are more than any chunk has
   */
  void add(XzBlock block) throws IOException {
    if (records.size() > LARGEST) {
      throw new IOException("the .xz data have more than " + count + " blocks in one stream");
    }
    byte[] record = new byte[2 * LONGEST_NUMBER];
    ByteBuffer sizes = ByteBuffer.wrap(record);
    XzFormat.putNumber(sizes, block.unpaddedSize());
    XzFormat.putNumber(sizes, block.plainSize());
    records.write(record, 0, sizes.position());
    count++;
  }

  long count() {
    return count;
  }

  byte[] bytes() {
    ByteBuffer start = ByteBuffer.allocate(1 + LONGEST_NUMBER).put((byte) 0);
    XzFormat.putNumber(start, count);
    int unpadded = start.position() + records.size();
    int size = unpadded + XzFormat.padding(unpadded);
    byte[] index = new byte[size + Integer.BYTES];
    ByteBuffer fields = XzFormat.littleEndian(index).put(start.flip()).put(records.toByteArray());
    fields.putInt(size, XzFormat.crc32(index, 0, size));
    return index;
  }
}
