// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All that is below a directory, to see that nothing has changed. */
public final class FileTree {
  private FileTree() {}

  /** The files with their content, and the directories. */
  public static Map<String, String> of(Path directory) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.toList()) {
        all.put(
            path.toString(),
            Files.isDirectory(path)
                ? "directory"
                : Base64.getEncoder().encodeToString(Files.readAllBytes(path))
                    + Files.getLastModifiedTime(path));
      }
    }
    return all;
  }
}
