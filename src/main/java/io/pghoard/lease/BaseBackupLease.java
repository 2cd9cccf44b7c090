// SPDX-License-Identifier: Apache-2.0
package io.pghoard.lease;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One state of the lease of a site, an object of its own: the one with the highest number counts.
 *
 * @param holder whose it is
 * @param process which start of the holder, as a copy of a machine has the same identity
 * @param free whether the holder has given it back
 */
record BaseBackupLease(long number, PghoardId holder, String process, boolean free) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A renewal takes the former state away, just when another daemon reads it. */
  private static final int TRIES = 5;

  /**
   * The state that counts, or null when there never was one.
   *
   * @param known what the last look found, which need not be read again
   */
  static @Nullable BaseBackupLease newest(
      ObjectStore store, SiteKeys keys, @Nullable BaseBackupLease known) throws IOException {
    for (int tries = 1; ; tries++) {
      List<ObjectKey> all = states(store, keys);
      if (all.isEmpty()) {
        return null;
      }
      long number = number(all.get(all.size() - 1), keys);
      if (known != null && known.number() == number) {
        return known;
      }
      try {
        return read(store, keys, number);
      } catch (ObjectMissingException e) {
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }

  private static BaseBackupLease read(ObjectStore store, SiteKeys keys, long number)
      throws IOException {
    try (ObjectContent object = store.get(keys.lease(number))) {
      object.stream().transferTo(OutputStream.nullOutputStream());
      Map<String, String> metadata = object.metadata();
      PghoardId holder =
          new PghoardId(metadata.getOrDefault("host", "?"), metadata.getOrDefault("id", "?"));
      return new BaseBackupLease(
          number,
          holder,
          metadata.getOrDefault("process", "?"),
          "free".equals(metadata.get("state")));
    }
  }

  /**
   * Puts this state.
   *
   * @throws io.pghoard.repository.ObjectExistsException when another daemon was first
   */
  void put(ObjectStore store, SiteKeys keys) throws IOException {
    Map<String, String> metadata =
        Map.of(
            "host",
            holder.host(),
            "id",
            holder.id(),
            "process",
            process,
            "state",
            free ? "free" : "held");
    byte[] body = JSON.writeValueAsBytes(metadata);
    store.put(keys.lease(number), metadata, new ByteArrayInputStream(body));
  }

  /**
   * Deletes states before this one.
   *
   * @param which of their numbers
   */
  void deleteFormer(ObjectStore store, SiteKeys keys, LongPredicate which) throws IOException {
    List<ObjectKey> former =
        states(store, keys).stream()
            .filter(key -> number(key, keys) < number && which.test(number(key, keys)))
            .toList();
    if (!former.isEmpty()) {
      store.delete(former);
    }
  }

  /** In order; what else somebody has put there is none. */
  private static List<ObjectKey> states(ObjectStore store, SiteKeys keys) throws IOException {
    return store.keys(keys.leases()).stream()
        .filter(key -> key.text().substring(keys.leases().length()).matches("[0-9]{16}"))
        .toList();
  }

  private static long number(ObjectKey key, SiteKeys keys) {
    return Long.parseLong(key.text().substring(keys.leases().length()));
  }
}
