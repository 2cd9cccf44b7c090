// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.codec.Compression;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Gives the plain content of a stored object, by what its metadata says of it. */
public final class PlainObject {
  // A compression keeps workers and buffers for all its streams.
  private static final Map<String, Compression> KNOWN = new ConcurrentHashMap<>();

  private PlainObject() {}

  public static ObjectContent of(ObjectContent stored) throws IOException {
    String algorithm = stored.metadata().get("compression-algorithm");
    if (stored.metadata().containsKey("encryption-key-id")) {
      stored.close();
      throw new IOException("the object is encrypted, which this version cannot read");
    }
    if (algorithm == null) {
      return stored;
    }
    try {
      Compression compression =
          KNOWN.computeIfAbsent(algorithm, name -> Compression.named(name, 0, 1));
      return PlainSize.limited(stored.withStream(compression.decode(stored.stream())));
    } catch (IllegalArgumentException | IOException e) {
      stored.close();
      throw new IOException("cannot decompress the object: " + e.getMessage(), e);
    }
  }
}
