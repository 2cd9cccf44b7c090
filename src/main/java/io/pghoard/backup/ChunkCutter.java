// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a base backup into chunks while it arrives, with none of its files kept anywhere.
 *
 * <p>All chunks read from one source, so the next one is only given out when that before it was
 * read to its end; and only when less than a number of chunks are in progress, which is from being
 * given out to being reported {@link #stored} or {@link #failed}. That is what slows pg_basebackup
 * down to the pace of the store.
 *
 * <p>The last chunk has all directories and no file. So it is known of every other chunk that
 * another one follows, before it is read: Camel's splitter asks {@link #hasNext} first, and would
 * wait for a chunk that nobody has begun to read.
 */
public final class ChunkCutter implements Iterator<Chunk>, Closeable {
  private static final long LONGEST_WAIT_SECONDS = 60;

  private final ClusterFiles files;
  private final long chunkSize;
  private final int inProgress;
  private final Map<Integer, StoredChunk> stored = new HashMap<>();
  private int givenOut;
  private final Set<Integer> ended = new HashSet<>();
  private @Nullable Chunk read;
  private @Nullable Chunk last;
  private @Nullable Throwable failure;

  /** A chunk that is in the repository, or will be in a moment. */
  record StoredChunk(int number, long inputSize, long resultSize, List<String> files) {}

  /**
   * Has cut nothing yet.
   *
   * @param chunkSize in bytes of the tar, at which a chunk is closed after the file that reaches it
   * @param inProgress how many chunks may be in progress
   */
  ChunkCutter(ClusterFiles files, long chunkSize, int inProgress) {
    this.files = files;
    this.chunkSize = chunkSize;
    this.inProgress = Math.max(1, inProgress);
  }

  /** Whether there is another chunk. Does not wait. */
  @Override
  public synchronized boolean hasNext() {
    return failure == null && last == null;
  }

  /**
   * Gives out the next chunk, as soon as there may be another one.
   *
   * @return null when the backup fails meanwhile; Camel's splitter passes over it
   */
  @Override
  public @Nullable Chunk next() {
    if (!awaitTurn()) {
      return null;
    }
    boolean atEnd;
    try {
      // Outside of the lock: this may wait for pg_basebackup, and a failure must be heard
      // meanwhile.
      atEnd = files.peek() == null;
    } catch (IOException | RuntimeException e) {
      fail(e);
      return null;
    }
    synchronized (this) {
      Chunk chunk = new Chunk(this, ++givenOut);
      read = chunk;
      last = atEnd ? chunk : null;
      return chunk;
    }
  }

  /** Reports that a chunk is durably in the repository. */
  public synchronized void stored(Chunk chunk, long resultSize) {
    stored.put(
        chunk.number(),
        new StoredChunk(chunk.number(), chunk.size(), resultSize, List.copyOf(chunk.files())));
    ended.add(chunk.number());
    notifyAll();
  }

  /**
   * Reports that a chunk could not be stored; the source is closed, and no other chunk follows. Of
   * a chunk that was reported already, it changes nothing.
   */
  public void failed(Chunk chunk, Throwable cause) {
    failed(chunk.number(), cause);
  }

  /** As the other one, of the chunk with this number. */
  public void failed(int chunk, Throwable cause) {
    synchronized (this) {
      if (!ended.add(chunk)) {
        return;
      }
    }
    fail(new IOException("cannot store chunk " + chunk + ": " + cause.getMessage(), cause));
  }

  /** Ends the base backup; the first failure is the one that counts. */
  public void fail(Throwable cause) {
    synchronized (this) {
      if (failure == null) {
        failure = cause;
      }
      notifyAll();
    }
    try {
      files.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * Waits until nothing is in progress, and throws the first failure, pg_basebackup's included.
   *
   * @throws IOException also when chunks are missing
   */
  public synchronized void check() throws IOException {
    try {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_WAIT_SECONDS);
      // A failure ends the chunks in progress soon; without one, each takes as long as it takes.
      while (ended.size() < givenOut && (failure == null || until > System.nanoTime())) {
        wait(1000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while chunks of a base backup are stored");
    }
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
    if (last == null || stored.size() != givenOut) {
      throw new IOException(
          "of " + givenOut + " chunks of the base backup " + stored.size() + " were stored");
    }
  }

  /** All chunks in the order of their numbers, once {@link #check} has passed. */
  synchronized List<StoredChunk> chunks() {
    List<StoredChunk> all = new ArrayList<>(stored.values());
    all.sort((a, b) -> Integer.compare(a.number(), b.number()));
    return all;
  }

  /** What is stored up to now, for people. */
  synchronized String sizes() {
    return "%d bytes in %d chunks, stored as %d bytes"
        .formatted(
            stored.values().stream().mapToLong(StoredChunk::inputSize).sum(),
            stored.size(),
            stored.values().stream().mapToLong(StoredChunk::resultSize).sum());
  }

  /** Ends pg_basebackup if it still runs. */
  @Override
  public void close() throws IOException {
    files.close();
  }

  ClusterFiles files() {
    return files;
  }

  long chunkSize() {
    return chunkSize;
  }

  synchronized boolean isLast(Chunk chunk) {
    return chunk == last;
  }

  synchronized void wasRead(Chunk chunk) {
    if (read == chunk) {
      read = null;
    }
    notifyAll();
  }

  /** Whether there is a turn; there is none after a failure. */
  private synchronized boolean awaitTurn() {
    try {
      while (failure == null && (read != null || givenOut - ended.size() >= inProgress)) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(new InterruptedIOException("interrupted while waiting for a chunk to be stored"));
    }
    if (failure == null && last != null) {
      throw new NoSuchElementException("the last chunk was given out");
    }
    return failure == null;
  }
}
