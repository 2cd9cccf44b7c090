// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.Lsn;
import io.pghoard.postgres.WalRecords;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What of a segment's records is kept in the metadata of its object. */
public final class WalRecordFacts {
  private static final String FIRST = "first-record";
  private static final String PREVIOUS = "previous-record";
  private static final String OVERWRITTEN = "overwritten-record";

  /** There on every object that was scanned. */
  private static final String LAST = "last-record";

  private static final String COMMIT = "last-commit-time";
  private static final String NONE = "none";

  private WalRecordFacts() {}

  public static Map<String, String> metadata(WalRecords records) {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put(FIRST, text(records.first()));
    metadata.put(PREVIOUS, text(records.previous()));
    metadata.put(LAST, text(records.last()));
    Instant commit = records.lastCommit();
    metadata.put(COMMIT, commit == null ? NONE : PythonTime.iso(commit));
    Lsn overwritten = records.overwritten();
    if (overwritten != null) {
      metadata.put(OVERWRITTEN, overwritten.toString());
    }
    return metadata;
  }

  /**
   * Reads what {@link #metadata} wrote.
   *
   * @return nothing of an object that was not scanned
   * @throws RuntimeException when it is not what was written
   */
  public static Optional<WalRecords> of(Map<String, String> metadata) {
    if (!metadata.containsKey(LAST)) {
      return Optional.empty();
    }
    String commit = metadata.getOrDefault(COMMIT, NONE);
    return Optional.of(
        new WalRecords(
            lsn(metadata.get(FIRST)),
            lsn(metadata.get(PREVIOUS)),
            lsn(metadata.get(OVERWRITTEN)),
            lsn(metadata.get(LAST)),
            commit.equals(NONE) ? null : PythonTime.parse(commit)));
  }

  private static String text(@Nullable Lsn lsn) {
    return lsn == null ? NONE : lsn.toString();
  }

  private static @Nullable Lsn lsn(@Nullable String text) {
    return text == null || text.equals(NONE) ? null : Lsn.parse(text);
  }
}
