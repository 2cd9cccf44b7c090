// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** Something that is to be stored as an object: its plain bytes, and what is kept of it. */
public interface ObjectSource {
  /** The plain bytes, to be read once; the caller closes them. */
  InputStream content() throws IOException;

  ObjectKey key();

  /** What is kept beside the object, once {@link #content} was read to its end. */
  Map<String, String> metadata() throws IOException;

  /**
   * Called when the bytes are ready to be stored: the last moment to refuse that.
   *
   * @param size of the object as it will be stored
   */
  void ready(long size) throws IOException;
}
