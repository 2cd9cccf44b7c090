// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.check.CRC64;

/** Turns the plain bytes of a block into its stored bytes, which {@link XzBlock} draws. */
record XzBlockEncoder(LZMA2Options options, int blockSize) {
  // 2 + two numbers of at most 5 bytes + 3 + CRC32, padded.
  private static final int HEADER_ROOM = 20;
  private static final int PIECE = 64 << 10;

  XzBlock encode(XzBlock block, ArrayCache arrays) throws IOException {
    block.wantStored(HEADER_ROOM + blockSize / 2);
    XzBlock.StoredOutput stored = block.storedOutput(HEADER_ROOM);
    try (OutputStream lzma2 = options.getOutputStream(stored, arrays)) {
      for (int from = 0; from < block.plainSize(); from += PIECE) {
        if (Thread.interrupted()) {
          throw new InterruptedIOException("the stream that this block is for was given up");
        }
        lzma2.write(block.plain(), from, Math.min(PIECE, block.plainSize() - from));
      }
    }
    int dataSize = stored.position() - HEADER_ROOM;
    int padding = XzFormat.padding(dataSize);
    stored.write(new byte[padding], 0, padding);
    CRC64 check = new CRC64();
    check.update(block.plain(), 0, block.plainSize());
    stored.write(check.finish(), 0, XzFormat.CHECK_SIZE);

    byte[] header = header(dataSize, block.plainSize());
    int start = HEADER_ROOM - header.length;
    System.arraycopy(header, 0, block.stored(), start, header.length);
    block.setStored(start, stored.position(), padding);
    return block;
  }

  private byte[] header(int dataSize, int plainSize) {
    byte[] header = new byte[HEADER_ROOM];
    ByteBuffer fields = XzFormat.littleEndian(header);
    fields.put((byte) 0).put((byte) 0xC0);
    XzFormat.putNumber(fields, dataSize);
    XzFormat.putNumber(fields, plainSize);
    fields.put((byte) 0x21).put((byte) 1).put(dictionary());
    int size = fields.position() + XzFormat.padding(fields.position());
    fields.put(0, (byte) ((size + Integer.BYTES) / 4 - 1));
    fields.putInt(size, XzFormat.crc32(header, 0, size));
    return Arrays.copyOf(header, size + Integer.BYTES);
  }

  // 2 * n stands for 4 KiB << n, 2 * n + 1 for 6 KiB << n; the presets have powers of two.
  private byte dictionary() {
    return (byte) (2 * (Integer.numberOfTrailingZeros(options.getDictSize()) - 12));
  }
}
