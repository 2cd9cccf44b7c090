// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.repository.ObjectSource;
import java.io.IOException;
import org.apache.camel.StreamCache;

/** What {@code object-put} asks of the thing that it stores. */
public final class ObjectSteps {
  /**
   * The last moment before it is stored.
   *
   * @param encoded in Camel's stream cache, or in memory where the exchange came from a route
   *     without one
   */
  public void ready(ObjectSource object, Object encoded) throws IOException {
    object.ready(encoded instanceof StreamCache cache ? cache.length() : ((byte[]) encoded).length);
  }
}
