// SPDX-License-Identifier: Apache-2.0
package io.pghoard.retention;

import io.pghoard.repository.ObjectKey;

/**
 * An object that goes.
 *
 * @param reason why, for the log: "base backup X goes: ..."
 */
public record Deletion(ObjectKey key, String reason) {
  @Override
  public String toString() {
    return key + ": " + reason;
  }
}
