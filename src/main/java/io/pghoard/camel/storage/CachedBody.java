// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.repository.PermanentStorageException;
import io.pghoard.repository.RereadableBody;
import java.io.InputStream;
import org.apache.camel.StreamCache;

/** A body in Camel's stream cache, which can be read as often as one wants. */
record CachedBody(InputStream stream, StreamCache cache) implements RereadableBody {
  /**
   * The body of an exchange.
   *
   * @throws PermanentStorageException when it is not in the stream cache
   */
  static CachedBody of(InputStream body) throws PermanentStorageException {
    if (!(body instanceof StreamCache cache)) {
      throw new PermanentStorageException(
          "the store has to know a body's hash before its bytes, so it is read twice: the route that"
              + " the exchange came from must not switch stream caching off");
    }
    return new CachedBody(body, cache);
  }

  @Override
  public void rewind() {
    cache.reset();
  }
}
