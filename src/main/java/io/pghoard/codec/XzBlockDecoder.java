// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.SingleXZInputStream;

/**
 * Reads blocks that say their sizes in their headers, and turns them into their plain bytes.
 *
 * @param largest how many plain bytes a block may have
 */
record XzBlockDecoder(XzWorkers workers, int largest) {
  /** What a stream of {@code xz -9} needs is half of it. */
  static final int MEMORY_KIB = 128 << 10;

  private static final int ONE_FILTER_AND_SIZES = 0xC0;

  /**
   * Reads the rest of a block whose header was read.
   *
   * @return null if the header does not hold, does not say both sizes, or says larger ones
   * @throws EOFException if the data end before the block does
   */
  @Nullable XzBlock read(byte[] header, InputStream in) throws IOException {
    int checked = header.length - Integer.BYTES;
    ByteBuffer fields = XzFormat.littleEndian(header);
    if (fields.getInt(checked) != XzFormat.crc32(header, 0, checked)
        || (fields.get(1) & 0xFF) != ONE_FILTER_AND_SIZES) {
      return null;
    }
    fields.position(2).limit(checked);
    long dataSize = XzFormat.number(fields);
    long plainSize = XzFormat.number(fields);
    // Data that cannot be made smaller are stored as they are, with 3 bytes a piece.
    if (dataSize < 1 || dataSize > largest + largest / 64 || plainSize < 0 || plainSize > largest) {
      return null;
    }
    int padding = XzFormat.padding(dataSize);
    int rest = (int) dataSize + padding + XzFormat.CHECK_SIZE;
    XzBlock block = workers.take();
    block.wantPlain((int) plainSize);
    block.setPlainSize((int) plainSize);
    block.wantStored(header.length + rest);
    System.arraycopy(header, 0, block.stored(), 0, header.length);
    if (in.readNBytes(block.stored(), header.length, rest) < rest) {
      throw new EOFException();
    }
    block.setStored(0, header.length + rest, padding);
    return block;
  }

  /**
   * Decodes by making a stream of this one block: XZ for Java then checks all there is to check.
   */
  XzBlock decode(XzBlock block) throws IOException {
    XzIndex index = new XzIndex();
    index.add(block);
    byte[] end = index.bytes();
    InputStream stream =
        new SequenceInputStream(
            Collections.enumeration(
                List.of(
                    new ByteArrayInputStream(XzFormat.header()),
                    new ByteArrayInputStream(
                        block.stored(), block.storedStart(), block.storedSize()),
                    new ByteArrayInputStream(end),
                    new ByteArrayInputStream(XzFormat.footer(end.length)))));
    try (InputStream plain = new SingleXZInputStream(stream, MEMORY_KIB, true, workers.arrays())) {
      int size = plain.readNBytes(block.plain(), 0, block.plainSize());
      if (size < block.plainSize() || plain.read() != -1) {
        throw new IOException(
            "the .xz data are damaged: a block does not have the size it declares");
      }
    } catch (EOFException e) {
      throw new IOException(
          "the .xz data are damaged: a block does not have the size it declares", e);
    } catch (IOException e) {
      throw XzFormat.refusal(e);
    }
    return block;
  }
}
