// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.config.Volume;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The files and directories on which something is mounted; none of them can be deleted.
 *
 * <p>A bind mount may be of the same device as what lies around it, and is found in the kernel's
 * table only. Where that cannot be read, as in a chroot without /proc, another device tells.
 */
final class MountPoints {
  private static final Path TABLE = Path.of("/proc/self/mountinfo");

  /** The fifth field of a line, as proc(5) has it: "36 35 98:0 /root /mount/point ...". */
  private static final int MOUNT_POINT = 4;

  private final Set<Path> known = new HashSet<>();

  static MountPoints read() throws IOException {
    MountPoints points = new MountPoints();
    if (Files.isReadable(TABLE)) {
      for (String line : Files.readAllLines(TABLE, ISO_8859_1)) {
        String[] fields = line.split(" ", MOUNT_POINT + 2);
        if (fields.length > MOUNT_POINT + 1) {
          points.known.add(Path.of(unescape(fields[MOUNT_POINT])));
        }
      }
    }
    return points;
  }

  /** Space, tab, newline and backslash are written as {@code \040}. */
  static String unescape(String field) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) == '\\' && field.substring(i).matches("\\\\[0-7]{3}.*")) {
        bytes.write(Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        bytes.write(field.charAt(i));
      }
    }
    return bytes.toString(UTF_8);
  }

  /**
   * Whether something is mounted here.
   *
   * @param real absolute and without links
   */
  boolean contains(Path real) {
    return known.contains(real);
  }

  /** The same of a directory, by its device too. */
  boolean containsDirectory(Path real) throws IOException {
    Path parent = real.getParent();
    return contains(real) || parent == null || !Volume.device(real).equals(Volume.device(parent));
  }
}
