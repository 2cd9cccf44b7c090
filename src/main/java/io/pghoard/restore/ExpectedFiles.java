// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The files that a backup_manifest lists, each until it has come. A backup may have millions, so
 * they lie in a temporary file that is mapped into memory, and the heap holds eight bytes of each:
 * where it lies, found by the hash of its path. Two paths of one hash are told apart by the paths.
 *
 * <p>The file has no name any more while it is used, so that nothing is left of it.
 */
final class ExpectedFiles {
  /** No file lies across two windows. */
  private static final int WINDOW = 1 << 26;

  private static final int ALIGNMENT = 8;
  private static final int BUFFER = 1 << 16;

  private static final int MOST_FILES = 1 << 24;

  /** Where a file lies is told in units of the alignment. */
  private static final long LARGEST = 8L << 30;

  private final List<ByteBuffer> windows;
  private final int count;
  // Where a file lies, in units of the alignment and counted from one; 0: nowhere.
  private final int[] slots;
  private final BitSet come = new BitSet();
  private int waiting;

  private ExpectedFiles(List<ByteBuffer> windows, int count) {
    this.windows = windows;
    this.count = count;
    this.waiting = count;
    // A power of two, and at most half of it in use.
    this.slots = new int[Math.max(2, Integer.highestOneBit(count) * 4)];
    for (int window = 0; window < windows.size(); window++) {
      fill(windows.get(window), (long) window * WINDOW);
    }
  }

  /** Nothing. */
  static ExpectedFiles none() {
    return new ExpectedFiles(List.of(), 0);
  }

  private void fill(ByteBuffer window, long offset) {
    int start = 0;
    while (start + ALIGNMENT <= window.limit()) {
      int length = ExpectedFile.lengthAt(window, start);
      if (length == 0) {
        return;
      }
      byte[] name = ExpectedFile.nameAt(window, start);
      int slot = slot(name);
      if (slots[slot] != 0) {
        throw new IllegalArgumentException(ExpectedFile.pathOf(name) + " is there twice");
      }
      slots[slot] = Math.toIntExact((offset + start) / ALIGNMENT + 1);
      start += length;
    }
  }

  /** Where a path is, or would be. */
  private int slot(byte[] name) {
    int hash = Arrays.hashCode(name) * 0x9E3779B9;
    int slot = hash >>> 8 & slots.length - 1;
    while (slots[slot] != 0 && !Arrays.equals(name, nameAt(slot))) {
      slot = slot + 1 & slots.length - 1;
    }
    return slot;
  }

  private byte[] nameAt(int slot) {
    return ExpectedFile.nameAt(window(slot), start(slot));
  }

  private ExpectedFile fileAt(int slot) {
    return ExpectedFile.at(window(slot), start(slot));
  }

  private ByteBuffer window(int slot) {
    return windows.get((int) ((long) (slots[slot] - 1) * ALIGNMENT / WINDOW));
  }

  private int start(int slot) {
    return (int) ((long) (slots[slot] - 1) * ALIGNMENT % WINDOW);
  }

  int count() {
    return count;
  }

  synchronized int waiting() {
    return waiting;
  }

  /** A file that has not come yet, or null. */
  synchronized @Nullable ExpectedFile get(String path) {
    int slot = slot(ExpectedFile.nameOf(path));
    return slots[slot] == 0 || come.get(slot) ? null : fileAt(slot);
  }

  /** The same, and it has come now. */
  synchronized @Nullable ExpectedFile take(String path) {
    int slot = slot(ExpectedFile.nameOf(path));
    if (slots[slot] == 0 || come.get(slot)) {
      return null;
    }
    come.set(slot);
    waiting--;
    return fileAt(slot);
  }

  /** Whether a file that is listed has come. */
  synchronized boolean hasCome(String path) {
    int slot = slot(ExpectedFile.nameOf(path));
    return slots[slot] != 0 && come.get(slot);
  }

  /** Tells all that have not come yet, in no order. */
  synchronized void forEach(Consumer<ExpectedFile> each) {
    for (int slot = 0; slot < slots.length; slot++) {
      if (slots[slot] != 0 && !come.get(slot)) {
        each.accept(fileAt(slot));
      }
    }
  }

  /** Collects files one by one. */
  static final class Builder implements Closeable {
    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private long size;
    private int count;

    /** In the directory for temporary files. */
    Builder() throws IOException {
      file = Files.createTempFile("pghoard-manifest-", "");
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      Files.delete(file);
    }

    void add(ExpectedFile expected) throws IOException {
      ByteBuffer bytes = expected.toBytes();
      if (count >= MOST_FILES || size > LARGEST) {
        throw new IOException("the backup_manifest lists more files than a cluster can have");
      }
      long left = WINDOW - size % WINDOW;
      if (bytes.remaining() > left) {
        pad(left);
      }
      write(bytes);
      count++;
    }

    private void pad(long length) throws IOException {
      for (long left = length; left > 0; left -= Math.min(left, BUFFER)) {
        write(ByteBuffer.allocate((int) Math.min(left, BUFFER)));
      }
    }

    private void write(ByteBuffer bytes) throws IOException {
      size += bytes.remaining();
      if (bytes.remaining() > buffer.remaining()) {
        flush(buffer.flip());
        buffer.clear();
      }
      if (bytes.remaining() > buffer.remaining()) {
        flush(bytes);
      } else {
        buffer.put(bytes);
      }
    }

    private void flush(ByteBuffer bytes) throws IOException {
      try {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException e) {
        throw new IOException(
            "cannot keep the list of files of the base backup in %s: %s"
                .formatted(file.getParent(), e.getMessage()),
            e);
      }
    }

    /** All that were added. */
    ExpectedFiles end() throws IOException {
      flush(buffer.flip());
      List<ByteBuffer> windows = new ArrayList<>();
      for (long start = 0; start < size; start += WINDOW) {
        windows.add(channel.map(MapMode.READ_ONLY, start, Math.min(WINDOW, size - start)));
      }
      return new ExpectedFiles(windows, count);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
