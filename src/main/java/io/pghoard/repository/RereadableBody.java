// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;
import java.io.InputStream;

/**
 * A body that can be read twice: first for its hash, which a store wants before the bytes, then for
 * the store.
 */
public interface RereadableBody {
  InputStream stream();

  /** Lets {@link #stream} begin at its first byte again. */
  void rewind() throws IOException;
}
