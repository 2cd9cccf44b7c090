// SPDX-License-Identifier: Apache-2.0
package io.pghoard.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.codec.CompressionAlgorithm;
import io.pghoard.config.BaseBackupConfig;
import io.pghoard.config.CompressionConfig;
import io.pghoard.config.LocalStorage;
import io.pghoard.config.LogConfig;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.config.WalConfig;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.MemoryObjectStore;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.PythonTime;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A site with base backups and WAL of no content, in a store in memory. */
final class ExpiringSite {
  private static final Instant FIRST = Instant.parse("2026-11-01T00:00:00Z");
  static final SiteName NAME = new SiteName("site");

  private ObjectStore store = new MemoryObjectStore();
  private final SiteKeys keys = new SiteKeys("site");
  private Instant now = Instant.parse("2026-11-22T00:00:00Z");
  private boolean active = true;
  private @Nullable Integer count = 2;
  private @Nullable Integer ageDaysMax;
  private int countMin = 1;
  private int backups;

  ExpiringSite in(ObjectStore other) {
    store = other;
    return this;
  }

  /** A site with the same configuration and the same objects. */
  ExpiringSite copy() {
    ExpiringSite copy = new ExpiringSite().in(((MemoryObjectStore) store).copy()).count(count);
    copy.ageDaysMax = ageDaysMax;
    copy.countMin = countMin;
    return copy;
  }

  ObjectStore store() {
    return store;
  }

  ExpiringSite count(@Nullable Integer backupsKept) {
    count = backupsKept;
    return this;
  }

  ExpiringSite age(int days, int least) {
    ageDaysMax = days;
    countMin = least;
    return this;
  }

  ExpiringSite inactive() {
    active = false;
    return this;
  }

  void now(String time) {
    now = Instant.parse(time);
  }

  /** A base backup on timeline 1, started a day after the one before. */
  void backup(String name, int startSegment, int endSegment) throws IOException {
    Instant start = FIRST.plus(Duration.ofDays(backups++));
    backup(name, 1, startSegment, endSegment, start.toString());
  }

  void backup(String name, int startSegment, int endSegment, String start) throws IOException {
    backup(name, 1, startSegment, endSegment, start);
  }

  void backup(String name, int timeline, int startSegment, int endSegment, String start)
      throws IOException {
    backup(name, timeline, startSegment, endSegment, start, Map.of());
  }

  /** A base backup on timeline 1 of a cluster with this system identifier. */
  void backupOf(String cluster, String name, int startSegment, int endSegment) throws IOException {
    String start = FIRST.plus(Duration.ofDays(backups++)).toString();
    backup(
        name,
        1,
        startSegment,
        endSegment,
        start,
        Map.of("system-identifier", cluster, "wal-segment-size", "16777216"));
  }

  /** A segment that tells of which cluster it is. */
  void walOf(long cluster, int number) throws IOException {
    put(
        keys.wal(WalFileName.parse(segment(1, number).toString())),
        Map.of("system-identifier", Long.toString(cluster), "original-file-size", "16777216"));
  }

  private void backup(
      String name,
      int timeline,
      int startSegment,
      int endSegment,
      String start,
      Map<String, String> more)
      throws IOException {
    chunk(name, 1);
    chunk(name, 2);
    Map<String, String> metadata = new TreeMap<>(more);
    metadata.put("format", "pghoard-bb-v2");
    metadata.put("start-time", PythonTime.iso(Instant.parse(start)));
    metadata.put("start-wal-segment", segment(timeline, startSegment).toString());
    metadata.put("end-wal-segment", segment(timeline, endSegment).toString());
    put(keys.mainObject(name), metadata);
  }

  void chunk(String backup, int number) throws IOException {
    put(keys.chunk(backup, number), Map.of());
  }

  void wal(int timeline, int first, int last) throws IOException {
    for (int number = first; number <= last; number++) {
      walFile(segment(timeline, number).toString());
    }
  }

  void walFile(String name) throws IOException {
    put(keys.wal(WalFileName.parse(name)), Map.of());
  }

  void put(ObjectKey key, Map<String, String> metadata) throws IOException {
    store.put(key, metadata, InputStream.nullInputStream());
  }

  private static WalSegmentName segment(int timeline, int number) {
    return WalSegmentName.ofNumber(number, timeline, WalSegmentSize.DEFAULT);
  }

  Retention retention() {
    return new Retention(new Sites(config()), site -> store, Clock.fixed(now, ZoneOffset.UTC));
  }

  RetentionPlan plan() throws IOException {
    return retention().plan(NAME);
  }

  void apply(RetentionPlan plan) throws IOException {
    for (Deletion deletion : plan.deletions()) {
      store.delete(deletion.key());
    }
  }

  List<String> names(RetentionPlan plan) {
    return plan.deletions().stream()
        .map(deletion -> deletion.key().text().substring("site/".length()))
        .toList();
  }

  void assertAllListedAreRestorable() throws IOException {
    Catalogue catalogue = new Catalogue(store, keys);
    List<BaseBackup> listed = catalogue.baseBackups();
    assertThat(listed).isNotEmpty();
    for (BaseBackup backup : listed) {
      assertThat(store.keys(keys.chunks(backup.name()))).as(backup.name()).hasSize(2);
      WalSegmentName end = Objects.requireNonNull(backup.endSegment());
      assertThat(catalogue.wal().firstMissing(backup.startSegment(), end))
          .as(backup.name())
          .isNull();
    }
  }

  private PghoardConfig config() {
    BaseBackupConfig baseBackup =
        new BaseBackupConfig(
            Duration.ofDays(1),
            null,
            null,
            count,
            countMin,
            ageDaysMax,
            1 << 30,
            5,
            Duration.ofMinutes(1));
    Path unused = Path.of("unused");
    SiteConfig site =
        new SiteConfig(
            NAME,
            "site",
            active,
            List.of(),
            unused,
            null,
            null,
            List.of(),
            false,
            new LocalStorage(unused),
            baseBackup,
            WalConfig.archived(),
            null);
    return new PghoardConfig(
        unused,
        "127.0.0.1",
        0,
        List.of(),
        null,
        unused,
        unused,
        unused,
        LogConfig.DEFAULT,
        new CompressionConfig(CompressionAlgorithm.LZMA, 0, 1),
        "sha1",
        1,
        1,
        1,
        3,
        unused,
        Map.of(NAME, site));
  }
}
