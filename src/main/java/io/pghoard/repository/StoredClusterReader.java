// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalFileName.Kind;
import io.pghoard.postgres.WalPageHeader;
import io.pghoard.postgres.WalSegmentSize;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which cluster a site is, by a few requests: metadata first, and the first page of a WAL
 * segment where the Python pghoard, which notes no system identifier, has stored it.
 */
record StoredClusterReader(ObjectStore store, SiteKeys keys) {
  /** How many objects are asked before it is given up: each may be damaged, or encrypted. */
  private static final int ASKED = 5;

  StoredCluster read() throws IOException {
    StoredCluster partly = StoredCluster.UNKNOWN;
    List<BaseBackup> backups = newestFirst();
    for (BaseBackup backup : backups.subList(0, Math.min(ASKED, backups.size()))) {
      partly = join(partly, of(backup));
      if (partly.systemIdentifier() != null && partly.segmentSize() != null) {
        return partly;
      }
    }
    if (partly.systemIdentifier() == null) {
      partly = join(partly, ofNewestWal());
    }
    return partly.systemIdentifier() == null ? join(partly, claimed()) : partly;
  }

  private List<BaseBackup> newestFirst() throws IOException {
    List<BaseBackup> backups = new ArrayList<>();
    for (StoredObject object : store.list(keys.baseBackups())) {
      BaseBackup backup = understood(object);
      if (backup != null) {
        backups.add(backup);
      }
    }
    backups.sort(BaseBackup.BY_START_TIME.reversed());
    return backups;
  }

  /** Null when it is not: the catalogue tells of that. */
  private static @Nullable BaseBackup understood(StoredObject object) {
    try {
      return BaseBackup.of(object);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** By position, as a timeline may have been begun anew by pg_upgrade. */
  private StoredCluster ofNewestWal() throws IOException {
    List<WalFileName> newest =
        store.keys(keys.wal()).stream()
            .map(ObjectKey::name)
            .filter(WalFileName::matches)
            .map(WalFileName::parse)
            .filter(name -> name.kind() == Kind.SEGMENT || name.kind() == Kind.PARTIAL)
            .sorted(Comparator.comparing((WalFileName name) -> name.text().substring(8)).reversed())
            .limit(ASKED)
            .toList();
    StoredCluster partly = StoredCluster.UNKNOWN;
    for (WalFileName name : newest) {
      partly = join(partly, of(keys.wal(name)));
      if (partly.systemIdentifier() != null) {
        break;
      }
    }
    return partly;
  }

  StoredCluster of(BaseBackup backup) throws IOException {
    StoredCluster noted =
        of(
            backup.systemIdentifier(),
            size(backup.object().metadata().get("wal-segment-size")),
            backup.key());
    WalFileName start = WalFileName.parse(backup.startSegment().toString());
    return noted.systemIdentifier() != null && noted.segmentSize() != null
        ? noted
        : join(noted, of(keys.wal(start)));
  }

  /** Of a segment; one that is not there, or that cannot be read, tells nothing. */
  private StoredCluster of(ObjectKey segment) throws IOException {
    ObjectContent content;
    try {
      content = store.get(segment);
    } catch (ObjectMissingException e) {
      return StoredCluster.UNKNOWN;
    }
    Map<String, String> metadata = content.metadata();
    StoredCluster noted =
        of(
            identifier(metadata.get("system-identifier")),
            size(metadata.get(Encoding.PLAIN_SIZE)),
            segment);
    if (noted.systemIdentifier() != null) {
      content.close();
      return noted;
    }
    try (ObjectContent plain = PlainObject.of(segment, content)) {
      WalPageHeader header = WalPageHeader.parse(plain.stream().readNBytes(WalPageHeader.LENGTH));
      return of(header.systemIdentifier(), header.segmentSize(), segment);
    } catch (IOException | IllegalArgumentException e) {
      // Damaged, or encrypted: another one may tell.
      return noted;
    }
  }

  private StoredCluster claimed() throws IOException {
    try (ObjectContent claim = store.get(keys.clusterClaim())) {
      return of(
          identifier(claim.metadata().get("system-identifier")),
          size(claim.metadata().get("wal-segment-size")),
          keys.clusterClaim());
    } catch (ObjectMissingException e) {
      return StoredCluster.UNKNOWN;
    }
  }

  private static StoredCluster of(
      @Nullable SystemIdentifier identifier, @Nullable WalSegmentSize size, ObjectKey key) {
    return identifier == null && size == null
        ? StoredCluster.UNKNOWN
        : new StoredCluster(identifier, size, key.text());
  }

  /** What the first does not tell is taken from the second, unless that is of another cluster. */
  private static StoredCluster join(StoredCluster first, StoredCluster second) {
    SystemIdentifier one = first.systemIdentifier();
    SystemIdentifier other = second.systemIdentifier();
    if (one != null && other != null && !one.equals(other)) {
      return first;
    }
    return new StoredCluster(
        one == null ? other : one,
        first.segmentSize() == null ? second.segmentSize() : first.segmentSize(),
        (one == null && other != null) || first.source().isEmpty()
            ? second.source()
            : first.source());
  }

  private static @Nullable SystemIdentifier identifier(@Nullable String text) {
    try {
      return text == null ? null : SystemIdentifier.parse(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable WalSegmentSize size(@Nullable String text) {
    try {
      return text == null ? null : new WalSegmentSize(Integer.parseInt(text));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
