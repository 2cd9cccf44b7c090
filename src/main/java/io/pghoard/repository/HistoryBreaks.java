// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.postgres.WalSegmentName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The WAL segments that do not continue the stored segment before them, as a server was rolled back
 * in between: recovery cannot pass from the one to the other. Each is marked in the repository by
 * an object of its own, so that every daemon and every restore knows, on any machine.
 *
 * <p>The key of the mark of {@code SITE/xlog/NAME} is {@code SITE/history_break/NAME}; its content
 * says in one line how it was noticed. A mark stays as long as its segment does.
 */
public record HistoryBreaks(ObjectStore store, SiteKeys keys) {
  private static final int LONGEST = 4096;

  /** The segments that are marked, in the order of their names; marks of no segment are skipped. */
  public List<WalSegmentName> segments() throws IOException {
    List<WalSegmentName> segments = new ArrayList<>();
    for (ObjectKey mark : store.keys(keys.historyBreaks())) {
      if (WalSegmentName.matches(mark.name())) {
        segments.add(WalSegmentName.parse(mark.name()));
      }
    }
    return segments;
  }

  /** Marks a segment; one that is marked already keeps its mark. */
  public void mark(WalSegmentName segment, String reason) throws IOException {
    byte[] line = reason.replace('\n', ' ').getBytes(UTF_8);
    try {
      store.put(keys.historyBreak(segment), Map.of(), new ByteArrayInputStream(line));
    } catch (ObjectExistsException e) {
      // By another daemon, or by this one before a restart.
      return;
    }
  }

  /** How the break at a marked segment was noticed. */
  public String reason(WalSegmentName segment) throws IOException {
    try (ObjectContent mark = store.get(keys.historyBreak(segment))) {
      return new String(mark.stream().readNBytes(LONGEST), UTF_8);
    }
  }

  /** Removes the mark, as its segment is deleted. */
  public void clear(WalSegmentName segment) throws IOException {
    store.delete(keys.historyBreak(segment));
  }
}
