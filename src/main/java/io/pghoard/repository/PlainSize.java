// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.codec.LimitedInputStream;
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

  /** The decoded content of an object, which fails when it is longer than its metadata says. */
  public static ObjectContent limited(ObjectContent plain) {
    return plain.withStream(new LimitedInputStream(plain.stream(), said(plain.metadata())));
  }

  private static long said(Map<String, String> metadata) {
    String text = metadata.get("original-file-size");
    return text != null && text.matches("[0-9]{1,18}")
        ? Math.min(Long.parseLong(text), LARGEST)
        : LARGEST;
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
