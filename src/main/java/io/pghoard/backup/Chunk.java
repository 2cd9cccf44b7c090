// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One chunk of a base backup: a complete tar archive, made while pg_basebackup delivers. It ends
 * after the file with which it reaches its size.
 *
 * <p>Not a stream itself: Camel would read it into its stream cache, and so spool it plain.
 */
public final class Chunk {
  private final ChunkCutter cutter;
  private final int number;
  private final Deque<InputStream> parts = new ArrayDeque<>();
  private final Set<TarEntry> directories = new HashSet<>();
  private final List<String> files = new ArrayList<>();
  private final InputStream content = new Content();
  private final long begun = System.nanoTime();
  private long size;
  private boolean trailerMade;
  private boolean ended;

  Chunk(ChunkCutter cutter, int number) {
    this.cutter = cutter;
    this.number = number;
  }

  /** Counted from 1. */
  public int number() {
    return number;
  }

  /** The archive, to be read once; closing it before its end makes the base backup fail. */
  public InputStream content() {
    return content;
  }

  /** The bytes of the archive that were read up to now. */
  public long size() {
    return size;
  }

  /** Reports that it is durably in the repository. */
  public void stored(long resultSize) {
    cutter.stored(this, resultSize);
  }

  /** Milliseconds since it was begun. */
  public long age() {
    return NANOSECONDS.toMillis(System.nanoTime() - begun);
  }

  /** The names of the files that it holds up to now. */
  List<String> files() {
    return Collections.unmodifiableList(files);
  }

  @Override
  public String toString() {
    return "chunk " + number;
  }

  private int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      InputStream part = parts.peek();
      int got = part == null ? -1 : part.read(target, offset, length);
      if (got > 0) {
        size += got;
        return got;
      }
      if (part != null) {
        parts.remove();
      } else if (trailerMade) {
        ended = true;
        cutter.wasRead(this);
      } else {
        refill();
      }
    }
    return -1;
  }

  private void refill() throws IOException {
    ClusterFiles source = cutter.files();
    if (cutter.isLast(this)) {
      source.directories().forEach(this::addDirectory);
    } else if (files.isEmpty() || size < cutter.chunkSize()) {
      TarEntry file = source.peek();
      if (file != null) {
        source.parents(file).forEach(this::addDirectory);
        add(TarWriter.header(file));
        parts.add(source.take());
        add(new byte[TarWriter.padding(file)]);
        files.add(file.name());
        return;
      }
    }
    add(TarWriter.trailer());
    trailerMade = true;
  }

  private void addDirectory(TarEntry directory) {
    if (directories.add(directory)) {
      add(TarWriter.header(directory));
    }
  }

  private void add(byte[] bytes) {
    parts.add(new ByteArrayInputStream(bytes));
  }

  private final class Content extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) == -1 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return Chunk.this.read(target, offset, length);
      } catch (IOException e) {
        // Whoever stores the chunk will say so, too; but this is where it comes from.
        cutter.fail(e);
        throw e;
      }
    }

    @Override
    public void close() {
      if (!ended) {
        cutter.failed(Chunk.this, new IOException("it was not read to its end"));
      }
    }
  }
}
