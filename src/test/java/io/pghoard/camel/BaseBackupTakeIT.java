// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.backup.BaseBackupStatus;
import io.pghoard.backup.BaseBackups;
import io.pghoard.codec.Compression;
import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarReader;
import io.pghoard.config.Sites;
import io.pghoard.lease.BaseBackupLeases;
import io.pghoard.postgres.BackupManifest;
import io.pghoard.postgres.PostgresCluster;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class BaseBackupTakeIT {
  @Test
  void backup_holdsEveryFileOfTheManifest() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = new BackedUpCluster(cluster)) {
      cluster.pgbench("-i", "-q");
      site.take("requested");
      assertThat(site.status().last()).extracting(BaseBackupStatus.Ended::failure).isNull();

      BaseBackup backup = only(site);
      assertThat(backup.format()).isEqualTo(BaseBackup.Format.CHUNKS);
      assertThat(backup.endTime()).isAfterOrEqualTo(backup.startTime());
      assertThat(backup.endSegment()).isGreaterThanOrEqualTo(backup.startSegment());
      assertThat(backup.object().metadata())
          .containsEntry("backup-reason", "requested")
          .containsEntry("compression-algorithm", "zstd")
          .containsEntry("format", "pghoard-bb-v2")
          .containsEntry(
              "system-identifier",
              cluster.value("SELECT system_identifier FROM pg_control_system()"))
          .containsEntry("pg-version", cluster.value("SHOW server_version_num"));
      Contents contents = Contents.of(site, backup);
      assertThat(contents.object.chunks()).hasSizeGreaterThan(3);
      assertThat(contents.files.keySet())
          .containsExactlyInAnyOrderElementsOf(contents.manifest.keySet());
      contents.manifest.forEach(
          (file, size) -> assertThat(contents.files).containsEntry(file, size));
      assertThat(contents.directories).contains("pgdata/pg_wal/archive_status", "pgdata/pg_notify");
      assertThat(site.home.resolve("spool/main/basebackup_incoming")).isEmptyDirectory();
      assertThat(site.home.resolve("spool/spool")).isEmptyDirectory();
    }
  }

  @Test
  void severalTablespaces_areInTheBackup() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = new BackedUpCluster(cluster)) {
      Path location = cluster.directory().make("fast");
      cluster.psql("CREATE TABLESPACE fast LOCATION '" + location + "'");
      cluster.psql("CREATE TABLE t TABLESPACE fast AS SELECT generate_series(1, 1000) AS n");
      site.take("requested");
      assertThat(site.status().last()).extracting(BaseBackupStatus.Ended::failure).isNull();
      Contents contents = Contents.of(site, only(site));
      assertThat(contents.object.tablespaces())
          .extractingByKey("fast")
          .extracting(BaseBackupObject.Tablespace::path)
          .isEqualTo(location.toString());
      String file =
          cluster.value("SELECT pg_relation_filepath('t')").replaceFirst("pg_tblspc/\\d+/", "");
      assertThat(contents.files).containsKey("tablespaces/fast/" + file);
      assertThat(contents.files.keySet()).noneMatch(name -> name.contains("pg_tblspc/"));
      assertThat(site.home.resolve("spool/main/basebackup_incoming")).isEmptyDirectory();
    }
  }

  @Test
  void serverThatIsDown_failsTheBackupWithTheReason() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = new BackedUpCluster(cluster)) {
      cluster.stop();
      site.take("scheduled");
      assertThat(site.status().running()).isNull();
      assertThat(site.status().failures()).isEqualTo(1);
      assertThat(String.valueOf(site.status().last()))
          .contains("cannot connect to", "Connection refused");
      assertThat(site.catalogue().baseBackups()).isEmpty();
    }
  }

  @Test
  void stopWhileABackupBegins_isNotForgotten() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = new BackedUpCluster(cluster)) {
      Service service = site.running().service();
      List<BaseBackups> stopped = new ArrayList<>();
      Repositories repositories =
          name -> {
            stopped.forEach(BaseBackups::stop);
            return site.store();
          };
      Sites sites = service.bean("sites", Sites.class);
      BaseBackupLeases leases =
          new BaseBackupLeases(
              sites,
              repositories,
              "here",
              Duration.ofMinutes(1),
              Duration.ofMinutes(5),
              System::nanoTime);
      BaseBackups backups = new BaseBackups(sites, repositories, leases, "here", Clock.systemUTC());
      stopped.add(backups);
      assertThatThrownBy(() -> backups.begin(RunningService.SITE, "requested"))
          .hasMessageContaining("pghoard is being stopped");
      assertThat(backups.status(RunningService.SITE).running()).isNull();

      String shipped =
          Files.readString(Path.of("src/main/resources/routes/base-backup-take.camel.yaml"));
      site.replaceRoute(
          "base-backup-take",
          shipped.replaceFirst(
              "              - setVariables:\n",
              """
                            - to:
                                uri: bean:baseBackups
                                parameters:
                                  method: stop
                            - setVariables:
              """));
      site.take("requested");
      assertThat(String.valueOf(site.status().last())).contains("pghoard is being stopped");
      assertThat(site.keysOfBaseBackups()).isEmpty();
      assertThat(BackedUpCluster.runningPrograms()).isEmpty();
    }
  }

  @Test
  void chunkThatCannotBeStored_failsTheBackupAndNothingStays() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site = new BackedUpCluster(cluster)) {
      cluster.pgbench("-i", "-q");
      site.replaceRoute(
          "base-backup-chunk-store",
          """
          - route:
              id: base-backup-chunk-store
              description: Fails.
              from:
                uri: direct:base-backup-chunk-store
                steps:
                  - throwException:
                      exceptionType: java.io.IOException
                      message: no space left on device
          """);
      site.take("scheduled");
      assertThat(String.valueOf(site.status().last())).contains("no space left on device");
      assertThat(site.keysOfBaseBackups()).isEmpty();
      assertThat(site.home.resolve("spool/main/basebackup_incoming")).isEmptyDirectory();
      assertThat(cluster.psql("SELECT 1 FROM pg_stat_replication")).isEmpty();
    }
  }

  @Test
  void serverThatStopsMeanwhile_failsTheBackup_andTheNextOneWorks() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create(BackedUpCluster.OPTIONS);
        BackedUpCluster site =
            new BackedUpCluster(cluster, json -> json.put("basebackup_chunk_size", 1 << 20))) {
      cluster.pgbench("-i", "-q");
      StopsOnce stopsOnce = new StopsOnce(cluster);
      site.running().service().context().getRegistry().bind("stopsOnce", stopsOnce);
      String shipped =
          Files.readString(Path.of("src/main/resources/routes/base-backup-chunk-store.camel.yaml"));
      site.replaceRoute(
          "base-backup-chunk-store",
          shipped.replaceFirst(
              "steps:\n",
              """
              steps:
                      - to:
                          uri: bean:stopsOnce
                          parameters:
                            method: stop
              """));
      site.take("scheduled");
      assertThat(String.valueOf(site.status().last())).contains("pg_basebackup exited with 1");
      assertThat(site.keysOfBaseBackups()).isEmpty();
      assertThat(site.home.resolve("spool/main/basebackup_incoming")).isEmptyDirectory();

      cluster.start();
      site.take("scheduled");
      assertThat(site.status().last()).extracting(BaseBackupStatus.Ended::failure).isNull();
      assertThat(site.status().failures()).isZero();
      only(site);
    }
  }

  /** Stops a server as a crash would, the first time that it is called. */
  public static final class StopsOnce {
    private final PostgresCluster cluster;
    private final AtomicBoolean stopped = new AtomicBoolean();

    StopsOnce(PostgresCluster cluster) {
      this.cluster = cluster;
    }

    public void stop() {
      if (stopped.compareAndSet(false, true)) {
        cluster.stopImmediately();
      }
    }
  }

  private static BaseBackup only(BackedUpCluster site) throws IOException {
    List<BaseBackup> backups = site.catalogue().baseBackups();
    assertThat(backups).hasSize(1);
    return backups.get(0);
  }

  /** All that is stored of a base backup, read and decompressed. */
  private static final class Contents {
    private final BaseBackupObject object;
    private final Map<String, Long> files = new TreeMap<>();
    private final Map<String, Long> manifest = new TreeMap<>();
    private final TreeSet<String> directories = new TreeSet<>();

    private Contents(BaseBackupObject object) {
      this.object = object;
    }

    static Contents of(BackedUpCluster site, BaseBackup backup) throws IOException {
      Contents contents;
      try (TarReader main = open(site, backup.key())) {
        contents = new Contents(BaseBackupObject.read(main));
        for (TarEntry entry; (entry = main.next()) != null; ) {
          if (entry.name().equals(BaseBackupObject.BACKUP_MANIFEST)) {
            BackupManifest.scan(
                main.content(),
                file -> contents.manifest.put("pgdata/" + file.path(), file.size()));
          } else {
            contents.note(entry);
          }
        }
      }
      contents.manifest.remove("pgdata/tablespace_map");
      for (BaseBackupObject.Chunk chunk : contents.object.chunks()) {
        ObjectKey key = new ObjectKey(new SiteKeys("main").chunks() + chunk.fileName());
        try (TarReader tar = open(site, key)) {
          for (TarEntry entry; (entry = tar.next()) != null; ) {
            contents.note(entry);
          }
        }
      }
      return contents;
    }

    private void note(TarEntry entry) {
      if (entry.type() == TarEntry.Type.FILE) {
        files.put(entry.name(), entry.size());
      } else {
        directories.add(entry.name());
      }
    }

    private static TarReader open(BackedUpCluster site, ObjectKey key) throws IOException {
      ObjectContent content = site.store().get(key);
      return new TarReader(
          Compression.named(String.valueOf(content.metadata().get("compression-algorithm")), 0, 1)
              .decode(content.stream()));
    }
  }
}
