// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalFileName.Kind;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Tells the end of the archive from a gap in it.
 *
 * <p>PostgreSQL takes "not there" for the end of the archive and opens the cluster: said of a gap,
 * it would lose all that comes after it without a word.
 */
final class WalAbsence {
  private final ObjectStore store;
  private final SiteKeys keys;

  WalAbsence(ObjectStore store, SiteKeys keys) {
    this.store = store;
    this.keys = keys;
  }

  void explain(WalRequest request) throws IOException {
    WalFileName name = request.name();
    if (name.kind() == Kind.PARTIAL || name.kind() == Kind.BACKUP) {
      throw new WalAbsentException(name);
    }
    NavigableMap<WalSegmentName, WalFileName> segments = segments();
    if (segments.isEmpty()) {
      requireBaseBackup(name);
    }
    if (name.kind() == Kind.HISTORY) {
      explainHistory(name, segments);
    } else {
      explainSegment(name, segments);
    }
    throw new WalAbsentException(name);
  }

  /** The segments that are stored, be it in part, with the name of the larger one. */
  private NavigableMap<WalSegmentName, WalFileName> segments() throws IOException {
    TreeMap<WalSegmentName, WalFileName> segments = new TreeMap<>();
    for (ObjectKey key : store.keys(keys.wal())) {
      if (!WalFileName.matches(key.name())) {
        continue;
      }
      WalFileName file = WalFileName.parse(key.name());
      if (file.kind() == Kind.SEGMENT) {
        segments.put(file.segment(), file);
      } else if (file.kind() == Kind.PARTIAL) {
        segments.putIfAbsent(file.segment(), file);
      }
    }
    return segments;
  }

  /** An empty archive proves nothing: the repository's disk may not be mounted. */
  private void requireBaseBackup(WalFileName name) throws IOException {
    if (store.keys(keys.baseBackups()).isEmpty()) {
      throw new IOException(
          ("cannot tell whether %s was ever archived: the repository holds neither WAL nor a base"
                  + " backup below %s/; is its file system mounted?")
              .formatted(name, keys.prefix()));
    }
  }

  /** The first timeline has no history; of a later one that has segments, it must be there. */
  private static void explainHistory(
      WalFileName name, NavigableMap<WalSegmentName, WalFileName> segments) throws WalGapException {
    int timeline = Integer.parseUnsignedInt(name.text().substring(0, 8), 16);
    WalSegmentName first = segments.ceilingKey(new WalSegmentName(timeline, 0, 0));
    if (timeline != 1 && first != null && first.timeline() == timeline) {
      throw new WalGapException(name, first.toString());
    }
  }

  private void explainSegment(WalFileName name, NavigableMap<WalSegmentName, WalFileName> segments)
      throws IOException {
    WalSegmentName asked = name.segment();
    if (name.equals(segments.get(asked))) {
      throw new IOException(name + " has just been archived: ask again");
    }
    Map.Entry<WalSegmentName, WalFileName> first = segments.firstEntry();
    if (first == null) {
      return;
    }
    WalSegmentSize size = size(first.getValue());
    List<TimelineHistory> histories = histories();
    for (TimelineHistory history : histories) {
      // A server before PostgreSQL 13 asks for segments of a timeline before its beginning too.
      if (history.timeline() == asked.timeline()
          && asked.number(size)
              < WalSegmentName.containing(history.begin(), asked.timeline(), size).number(size)) {
        return;
      }
    }
    Map.Entry<WalSegmentName, WalFileName> next = segments.higherEntry(asked);
    if (next != null && next.getKey().timeline() == asked.timeline()) {
      throw new WalGapException(name, next.getValue().text());
    }
    for (TimelineHistory history : histories) {
      for (TimelineHistory.Switch end : history.switches()) {
        if (end.timeline() == asked.timeline()
            && asked.number(size)
                < WalSegmentName.containing(end.switchPoint(), 0, size).number(size)) {
          throw new WalGapException(name, "%08X.history".formatted(history.timeline()));
        }
      }
    }
  }

  private WalSegmentSize size(WalFileName segment) throws IOException {
    ObjectKey key = keys.wal(segment);
    for (StoredObject object : store.list(key.text())) {
      String size = object.metadata().get("original-file-size");
      // The Python pghoard archives no other size than the default, and always notes it.
      if (object.key().equals(key) && size != null) {
        return parse(object, size);
      }
    }
    return WalSegmentSize.DEFAULT;
  }

  private static WalSegmentSize parse(StoredObject segment, String size) throws IOException {
    try {
      return new WalSegmentSize(Integer.parseInt(size));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          segment.key() + " has no segment's size as its original-file-size: " + size, e);
    }
  }

  private List<TimelineHistory> histories() throws IOException {
    List<TimelineHistory> histories = new ArrayList<>();
    for (StoredObject object : store.list(keys.timelines())) {
      WalFileName name;
      try {
        name = WalFileName.parse(object.key().name());
      } catch (IllegalArgumentException e) {
        continue;
      }
      if (name.kind() != Kind.HISTORY) {
        continue;
      }
      try (ObjectContent plain = PlainObject.of(store.get(object.key()))) {
        histories.add(
            TimelineHistory.parse(
                Integer.parseUnsignedInt(name.text().substring(0, 8), 16),
                new String(plain.stream().readNBytes(WalAcceptance.LONGEST_TEXT), UTF_8)));
      } catch (IllegalArgumentException e) {
        throw new IOException(object.key() + " is damaged: " + e.getMessage(), e);
      }
    }
    return histories;
  }
}
