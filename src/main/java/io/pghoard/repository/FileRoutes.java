// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * A place that keeps files by their names and knows nothing more; docs/routes.md says what each of
 * these promises. Names consist of letters, digits, dots, dashes, underscores, percent signs, and
 * slashes between their parts.
 */
public interface FileRoutes {
  /** Stores a file, durably and whole, under a name that no file has. */
  void put(String name, Path file) throws IOException;

  /** The bytes of a file that is there. A stream that ends is whole; one that breaks off throws. */
  InputStream get(String name) throws IOException;

  /** All files whose names start so, in any order; none of them is no error. */
  List<ListedFile> list(String start) throws IOException;

  /** Deletes a file that is there. */
  void delete(String name) throws IOException;
}
