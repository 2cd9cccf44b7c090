// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what is written into blocks, which workers compress side by side, and writes them in order.
 *
 * <p>Who writes faster than the workers compress, or than the sink takes, waits: there are never
 * more than {@code threads} + 2 blocks. Flush cannot hasten a block that is not full.
 */
final class XzOutputStream extends OutputStream {
  private final OutputStream out;
  private final XzWorkers workers;
  private final XzBlockEncoder encoder;
  private final XzBlocksInOrder inHand;
  private final XzIndex index = new XzIndex();
  private @Nullable XzBlock filling;
  private @Nullable Throwable failure;
  private boolean closed;

  XzOutputStream(OutputStream out, XzWorkers workers, XzBlockEncoder encoder) throws IOException {
    this.out = out;
    this.workers = workers;
    this.encoder = encoder;
    inHand = new XzBlocksInOrder(workers);
    out.write(XzFormat.header());
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (closed) {
      throw new IOException("the .xz stream is closed");
    }
    refuseAfterFailure();
    try {
      int from = offset;
      int rest = length;
      while (rest > 0) {
        XzBlock block = filling();
        int piece = Math.min(rest, encoder.blockSize() - block.plainSize());
        System.arraycopy(bytes, from, block.plain(), block.plainSize(), piece);
        block.setPlainSize(block.plainSize() + piece);
        from += piece;
        rest -= piece;
        if (block.plainSize() == encoder.blockSize()) {
          encode(block);
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      giveUp(e);
      throw e;
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (out) {
      refuseAfterFailure();
      finish();
    } catch (IOException | RuntimeException | Error e) {
      giveUp(e);
      throw e;
    }
  }

  private void finish() throws IOException {
    if (filling != null) {
      encode(filling);
    }
    while (!inHand.isEmpty()) {
      writeOldest();
    }
    byte[] end = index.bytes();
    out.write(end);
    out.write(XzFormat.footer(end.length));
  }

  private XzBlock filling() {
    if (filling == null) {
      filling = workers.take();
      filling.wantPlain(encoder.blockSize());
      filling.setPlainSize(0);
    }
    return filling;
  }

  private void encode(XzBlock block) throws IOException {
    filling = null;
    if (inHand.isFull()) {
      writeOldest();
    }
    inHand.add(() -> encoder.encode(block, workers.arrays()));
  }

  private void writeOldest() throws IOException {
    XzBlock block = inHand.next();
    out.write(block.stored(), block.storedStart(), block.storedSize());
    index.add(block);
    workers.giveBack(block);
  }

  private void refuseAfterFailure() throws IOException {
    if (failure != null) {
      throw new IOException(
          "the .xz stream is not whole, as an earlier write failed: " + failure, failure);
    }
  }

  private void giveUp(Throwable cause) {
    failure = cause;
    filling = null;
    inHand.abandon();
  }
}
