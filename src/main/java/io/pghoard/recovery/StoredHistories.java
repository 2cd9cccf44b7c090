// SPDX-License-Identifier: Apache-2.0
package io.pghoard.recovery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.StorageConfig;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalFileName;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.PlainObject;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The timeline history files of all sites: small, and read once, as they never change. */
final class StoredHistories {
  /** A history has a line a promotion; more is none. */
  private static final int LARGEST = 1 << 20;

  /** One history file in one storage. */
  private record Place(StorageConfig storage, ObjectKey key) {}

  private final Map<Place, TimelineHistory> known = new ConcurrentHashMap<>();

  /**
   * Reads a history.
   *
   * @return null when it is not there
   * @throws IllegalArgumentException when it is there and cannot be understood
   */
  @Nullable TimelineHistory read(SiteConfig site, ObjectStore store, int timeline)
      throws IOException {
    ObjectKey key = new SiteKeys(site.prefix()).wal(WalFileName.history(timeline));
    Place place = new Place(site.storage(), key);
    TimelineHistory history = known.get(place);
    if (history != null) {
      return history;
    }
    try (ObjectContent plain = PlainObject.get(store, key)) {
      // Only the numbers are of use; the reasons may be in any encoding.
      String text = new String(plain.stream().readNBytes(LARGEST), ISO_8859_1);
      history = TimelineHistory.parse(timeline, text);
    } catch (ObjectMissingException e) {
      return null;
    }
    known.put(place, history);
    return history;
  }
}
