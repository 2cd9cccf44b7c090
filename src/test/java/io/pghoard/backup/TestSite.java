// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.pghoard.lease.BaseBackupLeases;
import io.pghoard.postgres.ConnectionInfo;
import io.pghoard.repository.LocalObjectStore;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.SiteKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A site on local storage whose cluster cannot be reached, at noon of a day that stands still. */
public final class TestSite {
  public static final SiteName NAME = new SiteName("main");
  static final String HOST = "here";
  private static final SiteKeys KEYS = new SiteKeys("main");

  public final LocalObjectStore store;
  public final Sites sites;
  final BaseBackups backups;
  final BaseBackupSchedule schedule;
  private final Path directory;
  private final SettableClock clock = new SettableClock();
  private boolean active = true;
  private BaseBackupConfig config =
      new BaseBackupConfig(
          Duration.ofHours(24), null, null, 2, 2, null, 1 << 20, 5, Duration.ofSeconds(1));

  public TestSite(Path directory) throws IOException {
    this.directory = directory;
    this.store = new LocalObjectStore(directory.resolve("repository"));
    store.sweep();
    this.sites = new Sites(configuration());
    BaseBackupLeases leases =
        new BaseBackupLeases(
            sites,
            site -> store,
            HOST,
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            () -> clock.instant().getEpochSecond() * 1_000_000_000L);
    this.backups = new BaseBackups(sites, site -> store, leases, HOST, clock);
    this.schedule = new BaseBackupSchedule(sites, backups, site -> store, clock);
    try {
      Files.createDirectories(directory.resolve("repository"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void at(String time) {
    clock.now = Instant.parse(time);
  }

  void interval(@Nullable Duration interval) {
    configure(interval, null, null);
  }

  void grid(Duration interval, int hour, int minute) {
    configure(interval, hour, minute);
  }

  void inactive() {
    active = false;
    sites.replace(configuration());
  }

  /** Where the site's cluster says which of its WAL waits to be archived. */
  public Path archiveStatus() throws IOException {
    return Files.createDirectories(directory.resolve("data/pg_wal/archive_status"));
  }

  Path maintenanceFile() {
    return directory.resolve("maintenance");
  }

  /** A base backup begins, and fails as the cluster cannot be reached. */
  void fails() {
    assertThatThrownBy(() -> backups.begin(NAME, "scheduled")).isInstanceOf(IOException.class);
  }

  /** A base backup began just now and succeeded. */
  void succeeds() {
    Instant now = clock.instant();
    backups.ended(NAME, new BaseBackupStatus.Ended("2026-11-22_13-00_0", now, now, null));
  }

  /** A main object of a backup. */
  void stored(String name, String startTime, String reason) throws IOException {
    Instant start = Instant.parse(startTime);
    Map<String, String> metadata =
        new TreeMap<>(
            Map.of(
                "start-time",
                startTime,
                "start-wal-segment",
                "000000010000000000000002",
                "format",
                "pghoard-bb-v2",
                "backup-reason",
                reason));
    BackupGrid.of(config)
        .ifPresent(grid -> metadata.put("normalized-backup-time", grid.slot(start).toString()));
    put(KEYS.mainObject(name), metadata);
  }

  /** A chunk of a backup. */
  void chunk(String name, int number, String host) throws IOException {
    put(KEYS.chunk(name, number), Map.of("host", host, "format", "pghoard-bb-v2"));
  }

  List<String> chunks() throws IOException {
    return store.keys(KEYS.chunks()).stream().map(ObjectKey::name).toList();
  }

  Path incoming(String name) {
    return directory.resolve("spool/main/basebackup_incoming").resolve(name);
  }

  private void put(ObjectKey key, Map<String, String> metadata) throws IOException {
    store.put(key, metadata, new ByteArrayInputStream(new byte[3]));
  }

  private void configure(
      @Nullable Duration interval, @Nullable Integer hour, @Nullable Integer minute) {
    config =
        new BaseBackupConfig(interval, hour, minute, 2, 2, null, 1 << 20, 5, Duration.ofSeconds(1));
    sites.replace(configuration());
  }

  private PghoardConfig configuration() {
    SiteConfig site =
        new SiteConfig(
            NAME,
            "main",
            active,
            List.of(new ConnectionInfo(Map.of("host", directory.toString(), "port", "1"))),
            directory.resolve("data"),
            null,
            null,
            List.of(),
            false,
            new LocalStorage(directory.resolve("repository")),
            config,
            WalConfig.archived(),
            null);
    return new PghoardConfig(
        directory.resolve("spool"),
        "127.0.0.1",
        0,
        List.of(),
        null,
        directory,
        directory.resolve("state.json"),
        directory.resolve("maintenance"),
        LogConfig.DEFAULT,
        new CompressionConfig(CompressionAlgorithm.LZMA, 0, 1),
        "sha1",
        1,
        1,
        1,
        3,
        directory.resolve("routes"),
        Map.of(NAME, site));
  }

  private static final class SettableClock extends Clock {
    private Instant now = Instant.parse("2026-11-22T12:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
