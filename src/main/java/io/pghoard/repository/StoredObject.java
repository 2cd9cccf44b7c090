// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.time.Instant;
import java.util.Map;

/**
 * What a listing says of one object.
 *
 * @param size of the stored bytes
 * @param lastModified by the store's clock
 * @param metadata as it was put, without what a store adds for itself
 */
public record StoredObject(
    ObjectKey key, long size, Instant lastModified, Map<String, String> metadata) {
  public StoredObject {
    metadata = Map.copyOf(metadata);
  }
}
