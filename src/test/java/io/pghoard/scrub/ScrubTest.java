// SPDX-License-Identifier: Apache-2.0
package io.pghoard.scrub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.pghoard.config.ConfigFile;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.LocalObjectStore;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which objects a run reads, and what is remembered of those that it could not read. */
class ScrubTest {
  private static final SiteName SITE = new SiteName("main");
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final long MINUTE = 60_000;

  @TempDir Path home = Path.of("");
  private ObjectStore store = new LocalObjectStore(Path.of("unused"));
  private long nanos;

  @BeforeEach
  void store() throws Exception {
    store = new LocalObjectStore(Files.createDirectory(home.resolve("repository")));
    for (int number = 1; number <= 20; number++) {
      put("main/xlog/%024X".formatted(number));
    }
    put("main/basebackup/first.00000000.pghoard");
    put("main/basebackup_chunk/first/first.00000001.pghoard");
    put("main/timeline/00000002.history");
    put("main/basebackup_lease/0000000000000001");
    put("main/preservation_request/one");
  }

  private void put(String key) throws IOException {
    store.put(new ObjectKey(key), Map.of(), new ByteArrayInputStream(new byte[3]));
  }

  @Test
  void withinAnInterval_allIsReadOnce_butForWhatIsNoBackup() throws Exception {
    Scrub scrub = scrub("30", NOW);
    scrub.restore(SITE, NOW.minus(Duration.ofDays(31)));
    assertThat(run(scrub)).hasSize(23).doesNotHaveDuplicates();
    assertThat(run(scrub)).isEmpty();
  }

  @Test
  void firstDaemon_beginsWithNothing() throws Exception {
    assertThat(run(scrub("30", NOW))).isEmpty();
  }

  @Test
  void withoutAnInterval_nothingIsRead() throws Exception {
    Scrub scrub = scrub("null", NOW);
    scrub.restore(SITE, NOW.minus(Duration.ofDays(31)));
    assertThat(run(scrub)).isEmpty();
  }

  @Test
  void inMaintenanceMode_nothingIsRead() throws Exception {
    Scrub scrub = scrub("30", NOW);
    scrub.restore(SITE, NOW.minus(Duration.ofDays(31)));
    Files.createFile(home.resolve("maintenance"));
    assertThat(run(scrub)).isEmpty();
    Files.delete(home.resolve("maintenance"));
    assertThat(run(scrub)).hasSize(23);
  }

  @Test
  void runThatTookItsTime_isGoneOnWithByTheNext_andByANewDaemonFromItsBegin() throws Exception {
    Scrub scrub = scrub("30", NOW);
    Instant before = NOW.minus(Duration.ofDays(31));
    scrub.restore(SITE, before);
    Iterator<ObjectKey> due = scrub.due(SITE, MINUTE);
    List<ObjectKey> read = new ArrayList<>(List.of(due.next(), due.next()));
    nanos += Duration.ofMinutes(1).toNanos();
    assertThat(due.hasNext()).isFalse();
    scrub.ended(SITE);
    assertThat(until(scrub)).isEqualTo(before);

    read.addAll(run(scrub));
    assertThat(read).hasSize(23).doesNotHaveDuplicates();
    assertThat(until(scrub)).isEqualTo(NOW);
  }

  @Test
  void stop_endsTheRun() throws Exception {
    Scrub scrub = scrub("30", NOW);
    scrub.restore(SITE, NOW.minus(Duration.ofDays(31)));
    Iterator<ObjectKey> due = scrub.due(SITE, MINUTE);
    due.next();
    scrub.stop();
    assertThat(due.hasNext()).isFalse();
  }

  @Test
  void unreadObject_isReadAgain_toldEachTime_andMarkedTheThird() throws Exception {
    Scrub scrub = scrub("30", NOW);
    ObjectKey key = new ObjectKey("main/xlog/%024X".formatted(7));
    for (int time = 1; time <= 3; time++) {
      assertThat(scrub.damaged(SITE)).isEmpty();
      ScrubbedObject object = scrub.begin(SITE, key);
      scrub.failed(object, new IOException("Input/output error"));
      assertThatIOException()
          .isThrownBy(() -> scrub.ended(SITE))
          .withMessage(key + " could not be read: Input/output error");
      assertThat(run(scrub)).isEqualTo(time < 3 ? List.of(key) : List.of());
    }
    assertThat(scrub.damaged(SITE)).containsExactly(key);
    assertThat(scrub.reason(SITE, key)).contains("could not be read", "Input/output error");
  }

  @Test
  void markOfAnObjectThatIsGone_goes_andOneOfALostChunkStays() throws Exception {
    ObjectKey segment = new ObjectKey("main/damaged_object/xlog/%024X".formatted(99));
    ObjectKey lost =
        new ObjectKey("main/damaged_object/basebackup_chunk/first/first.00000002.pghoard");
    ObjectKey ofNoBackup =
        new ObjectKey("main/damaged_object/basebackup_chunk/gone/gone.00000001.pghoard");
    for (ObjectKey mark : List.of(segment, lost, ofNoBackup)) {
      put(mark.text());
    }
    Scrub scrub = scrub("30", NOW);
    assertThat(run(scrub))
        .containsExactly(new ObjectKey("main/basebackup_chunk/first/first.00000002.pghoard"));
    assertThat(store.keys("main/damaged_object/")).containsExactly(lost);
    assertThat(run(scrub)).as("marks are read again after a day").isEmpty();
  }

  /** The keys that one run gives. */
  private static List<ObjectKey> run(Scrub scrub) throws IOException {
    List<ObjectKey> keys = new ArrayList<>();
    scrub.due(SITE, MINUTE).forEachRemaining(keys::add);
    scrub.ended(SITE);
    return keys;
  }

  private Instant until(Scrub scrub) throws Exception {
    SiteConfig site = ConfigFile.read(home.resolve("pghoard.json")).sites().get(SITE);
    return Objects.requireNonNull(scrub.progress(Objects.requireNonNull(site))).until();
  }

  private Scrub scrub(String days, Instant now) throws Exception {
    Path file = home.resolve("pghoard.json");
    Files.writeString(
        file,
        """
        {"backup_location": "%1$s", "maintenance_mode_file": "%1$s/maintenance",
         "backup_sites": {"main": {
           "active_backup_mode": "pg_receivexlog", "nodes": [{"host": "127.0.0.1"}],
           "scrub_interval_days": %2$s,
           "object_storage": {"storage_type": "local", "directory": "%1$s/repository"}}}}
        """
            .formatted(home, days));
    return new Scrub(
        new Sites(ConfigFile.read(file)),
        site -> store,
        Clock.fixed(now, ZoneOffset.UTC),
        () -> nanos);
  }
}
