// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.repository.ObjectKey;

/**
 * A chunk to be restored.
 *
 * @param plainBytes of its tar archive
 */
public record RestoreChunk(ObjectKey key, long plainBytes) {}
