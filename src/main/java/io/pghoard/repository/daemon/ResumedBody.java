// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.daemon;

import io.pghoard.repository.CheckedContent;
import io.pghoard.repository.ObjectDamagedException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PermanentStorageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of an object that a daemon sends. Where the connection is lost they are asked for again
 * from the next byte on; at their end they are compared with the hash that the daemon sends after
 * them.
 */
final class ResumedBody extends InputStream {
  private static final Logger LOG = LoggerFactory.getLogger(ResumedBody.class);
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long LONGEST_PAUSE_MILLIS = 5000;

  private final ObjectKey key;
  private final Source source;
  private final long retryNanos;
  private final MessageDigest digest = CheckedContent.sha256();

  // What has arrived and is not given out yet: the last 32 bytes may be the hash.
  private final byte[] arrived = new byte[1 << 16];
  private int start;
  private int end;

  private final CountDownLatch closed = new CountDownLatch(1);
  private long given;
  private @Nullable InputStream in;
  private boolean ended;

  /** Opens the object from a byte on. */
  interface Source {
    InputStream from(long offset) throws IOException;
  }

  /**
   * The bytes of an object.
   *
   * @param in from the first byte on
   * @param retryNanos how long it is tried again while nothing arrives
   */
  ResumedBody(ObjectKey key, InputStream in, long retryNanos, Source source) {
    this.key = key;
    this.in = in;
    this.retryNanos = retryNanos;
    this.source = source;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended && end - start <= SentObject.HASH_SIZE) {
      fill();
    }
    int ready = end - start - SentObject.HASH_SIZE;
    if (ready <= 0) {
      return -1;
    }
    int some = Math.min(ready, length);
    System.arraycopy(arrived, start, bytes, offset, some);
    digest.update(bytes, offset, some);
    start += some;
    given += some;
    return some;
  }

  private void fill() throws IOException {
    System.arraycopy(arrived, start, arrived, 0, end - start);
    end -= start;
    start = 0;
    try {
      InputStream open = in;
      int read = open == null ? -1 : open.read(arrived, end, arrived.length - end);
      if (read >= 0) {
        end += read;
        return;
      }
    } catch (IOException e) {
      resume(e);
      return;
    }
    ended = true;
    requireWhole();
  }

  private void requireWhole() throws IOException {
    byte[] hash = Arrays.copyOfRange(arrived, start, end);
    // It ends here without an error: what is not whole was changed by what it went through.
    if (hash.length != SentObject.HASH_SIZE || !SentObject.isOf(hash, digest)) {
      throw new ObjectDamagedException(
          "the object %s was changed on its way from the daemon: its %d bytes do not have the SHA-256 %s that the daemon sent; restore again, and check the network when it happens again"
              .formatted(key, given, HexFormat.of().formatHex(hash)));
    }
  }

  /** What was not given out yet is asked for again. */
  private void resume(IOException lost) throws IOException {
    leave();
    start = 0;
    end = 0;
    LOG.warn("The transfer of {} broke off at byte {}, and is resumed: {}", key, given, text(lost));
    IOException last = lost;
    long pause = FIRST_PAUSE_MILLIS;
    for (long began = System.nanoTime(); System.nanoTime() - began < retryNanos; ) {
      pause(pause);
      pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
      try {
        InputStream again = source.from(given);
        in = again;
        // Some of it at least: a connection alone is no progress.
        end = again.readNBytes(arrived, 0, SentObject.HASH_SIZE);
        if (end == SentObject.HASH_SIZE) {
          LOG.warn("The transfer of {} goes on at byte {}", key, given);
          return;
        }
        last = new IOException("the answer ends after %d bytes".formatted(end), last);
      } catch (PermanentStorageException e) {
        throw e;
      } catch (IOException e) {
        last = e;
      }
      leave();
    }
    throw new IOException(
        "the transfer of %s broke off at byte %d, and could not be resumed within %d s: %s"
            .formatted(key, given, retryNanos / 1_000_000_000, last.getMessage()),
        last);
  }

  /** Whoever closes this need not wait. */
  private void pause(long millis) throws IOException {
    try {
      if (closed.await(millis, TimeUnit.MILLISECONDS)) {
        throw new IOException("closed while a transfer was to be resumed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a transfer was to be resumed");
    }
  }

  /** Java's HTTP client says no more than "closed", and keeps the reason for itself. */
  private static String text(IOException failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    leave();
  }

  private void leave() throws IOException {
    InputStream open = in;
    in = null;
    if (open != null) {
      open.close();
    }
  }
}
