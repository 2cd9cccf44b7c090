// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * The bytes of a stored object on their way out, with its metadata.
 *
 * <p>Not an InputStream itself: Camel closes a body that is one as soon as a data format returns,
 * and reads it into its stream cache, so that nothing could be decoded while it arrives.
 *
 * @param stream throws an IOException at its end when the bytes are not those that were put
 */
public record ObjectContent(InputStream stream, Map<String, String> metadata) implements Closeable {
  public ObjectContent {
    metadata = Map.copyOf(metadata);
  }

  public ObjectContent withStream(InputStream other) {
    return new ObjectContent(other, metadata);
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
