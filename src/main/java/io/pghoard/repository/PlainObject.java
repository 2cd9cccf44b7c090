// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.codec.Compression;
import io.pghoard.codec.CompressionAlgorithm;
import io.pghoard.codec.LimitedInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Gives the plain content of stored objects, decoded while it is read, as their metadata say. */
public final class PlainObject {
  private static final PlainObject ONE_THREAD = new PlainObject(1);

  private final int threads;

  // A compression keeps workers and buffers for all its streams.
  private final Map<CompressionAlgorithm, Compression> known = new ConcurrentHashMap<>();

  /**
   * @param threads how many workers decode one object
   */
  public PlainObject(int threads) {
    this.threads = threads;
  }

  /** The content of one object, decoded by the thread that reads it. */
  public static ObjectContent of(ObjectKey key, ObjectContent stored) throws IOException {
    return ONE_THREAD.open(key, stored);
  }

  /** The content of one object of a store, decoded likewise. */
  public static ObjectContent get(ObjectStore store, ObjectKey key) throws IOException {
    return of(key, store.get(key));
  }

  /**
   * The plain content of an object, which fails when it is longer than its metadata say. When this
   * throws, the object is closed.
   */
  public ObjectContent open(ObjectKey key, ObjectContent stored) throws IOException {
    boolean opened = false;
    try {
      ObjectContent plain = decode(key, stored);
      opened = true;
      return plain;
    } catch (IllegalArgumentException e) {
      throw new PermanentStorageException(
          "cannot decompress the object %s: %s".formatted(key, e.getMessage()), e);
    } finally {
      if (!opened) {
        // Nobody else has the stream, and behind it may be one of few connections.
        stored.close();
      }
    }
  }

  private ObjectContent decode(ObjectKey key, ObjectContent stored) throws IOException {
    Encoding encoding = Encoding.of(stored.metadata());
    if (encoding.encryption() != null) {
      throw new ObjectEncryptedException(key, encoding.encryption());
    }
    if (encoding.compression() == null) {
      return stored;
    }
    Compression compression =
        known.computeIfAbsent(
            CompressionAlgorithm.named(encoding.compression()),
            algorithm -> Compression.of(algorithm, 0, threads));
    return stored.withStream(
        new LimitedInputStream(compression.decode(stored.stream()), PlainSize.limit(encoding)));
  }
}
