// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body that was read into memory, as Camel's stream cache holds one for the routes. */
public final class MemoryBody implements RereadableBody {
  private final ByteArrayInputStream stream;

  public MemoryBody(InputStream body) throws IOException {
    stream = new ByteArrayInputStream(body.readAllBytes());
  }

  @Override
  public InputStream stream() {
    return stream;
  }

  @Override
  public void rewind() {
    stream.reset();
  }
}
