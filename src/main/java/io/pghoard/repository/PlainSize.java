// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.WalFileName;
import java.util.Map;

/**
 * How many plain bytes an object may have. Whoever can write to a repository can put a few
 * kilobytes there that decode to terabytes, and say of them what he likes.
 */
public final class PlainSize {
  /** A timeline history or a backup history. */
  public static final long LARGEST_TEXT = 1L << 20;

  /** A WAL segment. */
  public static final long LARGEST_SEGMENT = 1L << 30;

  /** A main object, which names millions of files at most. */
  public static final long LARGEST_MAIN_OBJECT = 16L << 30;

  /** A chunk, or a base backup that is one object. */
  public static final long LARGEST = 1L << 46;

  private PlainSize() {}

  /** The most that an object can have by what its metadata say. */
  static long limit(Encoding encoding) {
    return encoding.plainSize() == null ? LARGEST : Math.min(encoding.plainSize(), LARGEST);
  }

  /** The most that an object can have by its key and, of a base backup, its metadata. */
  public static long of(ObjectKey key, Map<String, String> metadata) {
    if (WalFileName.matches(key.name())) {
      WalFileName name = WalFileName.parse(key.name());
      boolean segment =
          name.kind() == WalFileName.Kind.SEGMENT || name.kind() == WalFileName.Kind.PARTIAL;
      return segment ? LARGEST_SEGMENT : LARGEST_TEXT;
    }
    boolean main =
        key.name().endsWith(BaseBackup.MAIN_OBJECT_SUFFIX)
            && BaseBackupObject.FORMAT.equals(metadata.get("format"));
    return main ? LARGEST_MAIN_OBJECT : LARGEST;
  }
}
