// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * Reads ahead blocks that say their sizes, which workers decode side by side; anything else in .xz
 * is left to XZ for Java, which decodes it on the reader's thread.
 */
final class XzInputStream extends InputStream {
  private static final int BUFFER = 64 << 10;

  private final InputStream in;
  private final XzWorkers workers;
  private final XzBlockDecoder decoder;
  private final XzBlocksInOrder inHand;
  private XzIndex index = new XzIndex();
  private boolean indexRead;
  private @Nullable InputStream byXzForJava;
  private @Nullable XzBlock current;
  private int position;
  private @Nullable Throwable failure;
  private boolean closed;

  XzInputStream(InputStream in, XzBlockDecoder decoder) throws IOException {
    this.in = new BufferedInputStream(in, BUFFER);
    this.decoder = decoder;
    workers = decoder.workers();
    inHand = new XzBlocksInOrder(workers);
    try {
      openStream(this.in.readNBytes(XzFormat.HEADER_SIZE));
    } catch (IOException e) {
      inHand.abandon();
      throw XzFormat.refusal(e);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (closed) {
      throw new IOException("the .xz stream is closed");
    }
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
    try {
      return length == 0 ? 0 : readSome(bytes, offset, length);
    } catch (IOException e) {
      IOException refusal = XzFormat.refusal(e);
      giveUp(refusal);
      throw refusal;
    } catch (RuntimeException | Error e) {
      giveUp(e);
      throw e;
    }
  }

  private int readSome(byte[] bytes, int offset, int length) throws IOException {
    while (true) {
      if (current != null) {
        int size = Math.min(length, current.plainSize() - position);
        System.arraycopy(current.plain(), position, bytes, offset, size);
        position += size;
        if (position == current.plainSize()) {
          workers.giveBack(current);
          current = null;
        }
        if (size > 0) {
          return size;
        }
      } else if (byXzForJava != null) {
        return byXzForJava.read(bytes, offset, length);
      } else {
        readAhead();
        if (!inHand.isEmpty()) {
          current = inHand.next();
          position = 0;
        } else if (!nextStream()) {
          return -1;
        }
      }
    }
  }

  private void readAhead() throws IOException {
    while (!indexRead && !inHand.isFull()) {
      byte[] header = blockHeader();
      if (header.length == 0) {
        readIndex();
      } else {
        XzBlock block = decoder.read(header, in);
        if (block == null) {
          throw new IOException(
              "the .xz data are damaged: block "
                  + (index.count() + 1)
                  + " does not declare its sizes as the blocks before it do");
        }
        add(block);
      }
    }
  }

  private void openStream(byte[] header) throws IOException {
    index = new XzIndex();
    indexRead = false;
    if (workers.threads() == 1 || !Arrays.equals(header, XzFormat.header())) {
      leaveToXzForJava(header, new byte[0]);
      return;
    }
    byte[] first = blockHeader();
    if (first.length == 0) {
      readIndex();
      return;
    }
    XzBlock block = decoder.read(first, in);
    if (block == null) {
      leaveToXzForJava(header, first);
    } else {
      add(block);
    }
  }

  private void leaveToXzForJava(byte[] header, byte[] first) throws IOException {
    InputStream start =
        new SequenceInputStream(new ByteArrayInputStream(header), new ByteArrayInputStream(first));
    byXzForJava =
        new XZInputStream(
            new SequenceInputStream(start, in), XzBlockDecoder.MEMORY_KIB, workers.arrays());
  }

  private void add(XzBlock block) throws IOException {
    index.add(block);
    inHand.add(() -> decoder.decode(block));
  }

  /** Empty where the index begins. */
  private byte[] blockHeader() throws IOException {
    int first = in.read();
    if (first <= 0) {
      if (first < 0) {
        throw new EOFException();
      }
      return new byte[0];
    }
    byte[] header = new byte[(first + 1) * 4];
    header[0] = (byte) first;
    if (in.readNBytes(header, 1, header.length - 1) < header.length - 1) {
      throw new EOFException();
    }
    return header;
  }

  private void readIndex() throws IOException {
    byte[] expected = index.bytes();
    expect("index", Arrays.copyOfRange(expected, 1, expected.length));
    expect("footer", XzFormat.footer(expected.length));
    indexRead = true;
  }

  private void expect(String part, byte[] expected) throws IOException {
    byte[] read = in.readNBytes(expected.length);
    if (!Arrays.equals(read, 0, read.length, expected, 0, read.length)) {
      throw new IOException(
          "the .xz data are damaged: the " + part + " does not agree with the blocks");
    }
    if (read.length < expected.length) {
      throw new EOFException();
    }
  }

  /** Another stream may follow, after zero bytes in fours; false at the end. */
  private boolean nextStream() throws IOException {
    int zeros = 0;
    int next = in.read();
    while (next == 0) {
      zeros++;
      next = in.read();
    }
    if (zeros % 4 != 0) {
      throw new IOException(
          "the .xz data are followed by " + zeros + " zero bytes, which is not a multiple of four");
    }
    if (next < 0) {
      return false;
    }
    byte[] header = new byte[XzFormat.HEADER_SIZE];
    header[0] = (byte) next;
    int size = 1 + in.readNBytes(header, 1, header.length - 1);
    if (!XzFormat.startsWithMagic(header)) {
      throw new IOException("the .xz data are followed by other bytes");
    }
    openStream(Arrays.copyOf(header, size));
    return true;
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    inHand.abandon();
    current = null;
    try (in) {
      if (byXzForJava instanceof XZInputStream decoding) {
        decoding.close(false);
      }
    }
  }

  private void giveUp(Throwable cause) {
    failure = cause;
    current = null;
    inHand.abandon();
  }
}
