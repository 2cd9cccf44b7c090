// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * One entry of a tar archive: what its header says of a file, a directory or a link.
 *
 * @param name as {@link FileNameBytes} has it; relative, with slashes, neither starting with "./"
 *     nor ending with a slash; "." is the directory that was archived
 * @param size of the content in bytes; 0 for all but files
 * @param mode the permission bits
 * @param mtimeSeconds when it was last changed, in seconds since 1970
 * @param linkTarget where a link points, "" for all others
 */
public record TarEntry(
    String name, Type type, long size, int mode, long mtimeSeconds, String linkTarget) {
  /** PATH_MAX of Linux. */
  private static final int LONGEST_NAME = 4096;

  private static final Pattern AMBIGUOUS = Pattern.compile("//|/\\./|/\\.$");

  /** What an entry stands for. */
  public enum Type {
    FILE,
    HARD_LINK,
    SYMLINK,
    DIRECTORY
  }

  /** The name loses a leading "./" and a trailing slash. */
  public TarEntry {
    name = normalized(name);
    if (name.length() > LONGEST_NAME || linkTarget.length() > LONGEST_NAME) {
      throw new IllegalArgumentException("a name of more than " + LONGEST_NAME + " characters");
    }
    if (name.startsWith("/") || Arrays.asList(name.split("/", -1)).contains("..")) {
      throw new IllegalArgumentException("the name leads out of the archive: " + name);
    }
    // Else one file had many names, and only one of them is known for what it is.
    if (!name.equals(".") && AMBIGUOUS.matcher(name).find()) {
      throw new IllegalArgumentException("a name with an empty part or a dot for one: " + name);
    }
    if (name.indexOf('\0') >= 0 || linkTarget.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a name with a NUL character: " + name);
    }
    if (size < 0 || (size > 0 && type != Type.FILE)) {
      throw new IllegalArgumentException(type + " " + name + " of " + size + " bytes");
    }
  }

  /** A file that only its owner may read and write. */
  public static TarEntry file(String name, long size, long mtimeSeconds) {
    return new TarEntry(name, Type.FILE, size, 0600, mtimeSeconds, "");
  }

  /** A directory that only its owner may use, as PostgreSQL wants its own to be. */
  public static TarEntry directory(String name, long mtimeSeconds) {
    return new TarEntry(name, Type.DIRECTORY, 0, 0700, mtimeSeconds, "");
  }

  /** This entry under another name. */
  public TarEntry named(String other) {
    return new TarEntry(other, type, size, mode, mtimeSeconds, linkTarget);
  }

  private static String normalized(String name) {
    int start = 0;
    while (name.startsWith("./", start)) {
      start += 2;
    }
    int end = name.length();
    while (end > start + 1 && name.charAt(end - 1) == '/') {
      end--;
    }
    return start >= end ? "." : name.substring(start, end);
  }
}
