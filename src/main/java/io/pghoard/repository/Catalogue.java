// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentSize;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a repository holds of a site, read from the store each time it is asked. */
public final class Catalogue {
  private static final int ASKED_FOR_SIZE = 5;

  private final ObjectStore store;
  private final SiteKeys keys;

  public Catalogue(ObjectStore store, SiteKeys keys) {
    this.store = store;
    this.keys = keys;
  }

  /** All base backups, the oldest first, without those that {@link #unreadable} tells of. */
  public List<BaseBackup> baseBackups() throws IOException {
    return listing().readable();
  }

  /** Finds a base backup by its name, or by the name or key of its main object. */
  public Optional<BaseBackup> baseBackup(String name) throws IOException {
    return baseBackups().stream().filter(backup -> backup.isCalled(name)).findFirst();
  }

  /** The main objects that cannot be understood, and why. */
  public Map<ObjectKey, String> unreadable() throws IOException {
    return listing().unreadable();
  }

  /**
   * The main objects of a site, read at one moment.
   *
   * @param readable the oldest first
   * @param unreadable those that cannot be understood, and why
   * @param damaged by the name of a base backup, its objects that are marked as damaged
   */
  public record Listing(
      List<BaseBackup> readable,
      Map<ObjectKey, String> unreadable,
      Map<String, List<ObjectKey>> damaged) {
    /** Whether an object of this base backup is marked as damaged. */
    public boolean isDamaged(BaseBackup backup) {
      return damaged.containsKey(backup.name());
    }

    /** The objects of this base backup that are marked as damaged. */
    public List<ObjectKey> damaged(BaseBackup backup) {
      return damaged.getOrDefault(backup.name(), List.of());
    }
  }

  /** Reads the main objects of the site. */
  public Listing listing() throws IOException {
    List<BaseBackup> readable = new ArrayList<>();
    Map<ObjectKey, String> unreadable = new TreeMap<>();
    for (StoredObject object : store.list(keys.baseBackups())) {
      try {
        readable.add(BaseBackup.of(object));
      } catch (IllegalArgumentException e) {
        unreadable.put(object.key(), String.valueOf(e.getMessage()));
      }
    }
    readable.sort(BaseBackup.BY_START_TIME);
    return new Listing(readable, unreadable, damaged());
  }

  private Map<String, List<ObjectKey>> damaged() throws IOException {
    Map<String, List<ObjectKey>> damaged = new TreeMap<>();
    for (ObjectKey object : new DamageMarks(store, keys).objects()) {
      String backup = keys.baseBackupOf(object);
      if (backup != null) {
        damaged.computeIfAbsent(backup, any -> new ArrayList<>()).add(object);
      }
    }
    return damaged;
  }

  /** The WAL that is stored, by names alone; what is marked as damaged counts as missing. */
  public StoredWal wal() throws IOException {
    List<ObjectKey> segments = store.keys(keys.wal());
    List<String> names = new ArrayList<>(segments.size());
    segments.forEach(key -> names.add(key.name()));
    store.keys(keys.timelines()).forEach(key -> names.add(key.name()));
    List<String> damaged = new ArrayList<>();
    new DamageMarks(store, keys).objects().forEach(object -> damaged.add(object.name()));
    return StoredWal.of(
        names, damaged, new HistoryBreaks(store, keys).segments(), segmentSize(segments));
  }

  /**
   * The size of the site's WAL segments, as the metadata of the newest ones tells. The newest, as
   * it may have changed with an upgrade; a few, as old versions of the Python pghoard did not tell.
   */
  private WalSegmentSize segmentSize(List<ObjectKey> wal) throws IOException {
    int asked = 0;
    for (int index = wal.size() - 1; index >= 0 && asked < ASKED_FOR_SIZE; index--) {
      if (isSegment(wal.get(index))) {
        asked++;
        WalSegmentSize size = segmentSize(wal.get(index));
        if (size != null) {
          return size;
        }
      }
    }
    return WalSegmentSize.DEFAULT;
  }

  private @Nullable WalSegmentSize segmentSize(ObjectKey key) throws IOException {
    for (StoredObject object : store.list(key.text())) {
      String bytes = object.metadata().get(Encoding.PLAIN_SIZE);
      if (object.key().equals(key) && bytes != null) {
        try {
          return new WalSegmentSize(Integer.parseInt(bytes));
        } catch (IllegalArgumentException e) {
          throw new IOException(
              "the metadata of %s has an original-file-size that is not a WAL segment size: %s"
                  .formatted(key, bytes),
              e);
        }
      }
    }
    return null;
  }

  private static boolean isSegment(ObjectKey key) {
    return WalFileName.matches(key.name())
        && WalFileName.parse(key.name()).kind() == WalFileName.Kind.SEGMENT;
  }

  /**
   * A request to keep a base backup although it is old.
   *
   * @param backup as the request names it
   */
  public record Preservation(ObjectKey key, String backup, Instant until) {}

  /** All such requests, those that have ended too. */
  public List<Preservation> preservations() throws IOException {
    List<Preservation> preservations = new ArrayList<>();
    for (StoredObject request : store.list(keys.preservationRequests())) {
      String backup = request.metadata().get("preserve-backup");
      String time = request.metadata().get("preserve-until");
      if (backup == null || time == null) {
        throw new IOException(
            "the metadata of %s has no preserve-backup or no preserve-until"
                .formatted(request.key()));
      }
      try {
        preservations.add(new Preservation(request.key(), backup, PythonTime.parse(time)));
      } catch (DateTimeException e) {
        throw new IOException(
            "the metadata of %s has a preserve-until that is not a time: %s"
                .formatted(request.key(), time),
            e);
      }
    }
    return preservations;
  }

  /**
   * Until when base backups are to be kept although they are old, by the names that the requests
   * gave them.
   */
  public Map<String, Instant> preservedUntil() throws IOException {
    Map<String, Instant> until = new HashMap<>();
    for (Preservation each : preservations()) {
      until.merge(each.backup(), each.until(), (a, b) -> a.isAfter(b) ? a : b);
    }
    return until;
  }
}
