// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.repository.ObjectKey;

/**
 * A chunk to be restored.
 *
 * @param fileName as the backup's record has it, or "" where there is no record
 * @param plainBytes of its tar archive
 */
public record RestoreChunk(ObjectKey key, String fileName, long plainBytes) {
  /** The one object of a backup that is not cut into chunks. */
  RestoreChunk(ObjectKey key, long plainBytes) {
    this(key, "", plainBytes);
  }
}
