// SPDX-License-Identifier: Apache-2.0
package io.pghoard.scrub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarWriter;
import io.pghoard.config.ConfigFile;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.LocalObjectStore;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectDamagedException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
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
    put("main/xlog_other/00000001000000000000000B.partial.3f78");
    put("main/basebackup_lease/0000000000000001");
    put("main/preservation_request/one");
  }

  private void put(String key) throws IOException {
    store.put(new ObjectKey(key), Map.of(), new ByteArrayInputStream(new byte[3]));
  }

  @Test
  void withinAnInterval_allIsReadOnce_butForWhatIsNoBackup() throws Exception {
    Scrub scrub = scrub("30", NOW);
    scrub.restore(site(), NOW.minus(Duration.ofDays(31)));
    assertThat(run(scrub)).hasSize(24).doesNotHaveDuplicates();
    assertThat(run(scrub)).isEmpty();
  }

  @Test
  void firstDaemon_beginsWithNothing() throws Exception {
    assertThat(run(scrub("30", NOW))).isEmpty();
  }

  @Test
  void withoutAnInterval_nothingIsRead() throws Exception {
    Scrub scrub = scrub("null", NOW);
    scrub.restore(site(), NOW.minus(Duration.ofDays(31)));
    assertThat(run(scrub)).isEmpty();
  }

  @Test
  void inMaintenanceMode_nothingIsRead() throws Exception {
    Scrub scrub = scrub("30", NOW);
    scrub.restore(site(), NOW.minus(Duration.ofDays(31)));
    Files.createFile(home.resolve("maintenance"));
    assertThat(run(scrub)).isEmpty();
    Files.delete(home.resolve("maintenance"));
    assertThat(run(scrub)).hasSize(24);
  }

  @Test
  void runThatTookItsTime_isGoneOnWithByTheNext_andByANewDaemonToo() throws Exception {
    Scrub scrub = scrub("30", NOW);
    scrub.restore(site(), NOW.minus(Duration.ofDays(31)));
    Iterator<ObjectKey> due = scrub.due(SITE, MINUTE);
    List<ObjectKey> read = new ArrayList<>();
    for (int number = 0; number < 10; number++) {
      ObjectKey key = due.next();
      scrub.failed(scrub.begin(SITE, key), new ObjectMissingException(key));
      read.add(key);
    }
    nanos += Duration.ofMinutes(1).toNanos();
    assertThat(due.hasNext()).isFalse();
    scrub.ended(SITE);

    Scrub next = scrub("30", NOW);
    next.restore(site(), until(scrub));
    for (Scrub other : List.of(scrub, next)) {
      List<ObjectKey> all = new ArrayList<>(read);
      all.addAll(run(other));
      assertThat(all).hasSize(24).doesNotHaveDuplicates();
      ObjectKey last = all.get(23);
      scrub.failed(scrub.begin(SITE, last), new ObjectMissingException(last));
    }
    assertThat(until(scrub)).isEqualTo(NOW);
  }

  @Test
  void objectThatIsReadWhenADaemonIsKilled_isReadByTheNext() throws Exception {
    Scrub killed = scrub("30", NOW);
    killed.restore(site(), NOW.minus(Duration.ofDays(31)));
    ObjectKey last = killed.due(SITE, MINUTE).next();

    Scrub next = scrub("30", NOW);
    next.restore(site(), until(killed));
    assertThat(run(next)).startsWith(last).hasSize(24);
  }

  @Test
  void objectThatLooksDamaged_isReadAgainByANewDaemonToo() throws Exception {
    Scrub killed = scrub("30", NOW);
    killed.restore(site(), NOW.minus(Duration.ofDays(31)));
    List<ObjectKey> keys = new ArrayList<>();
    Iterator<ObjectKey> due = killed.due(SITE, MINUTE);
    while (due.hasNext()) {
      ObjectKey key = due.next();
      keys.add(key);
      boolean last = keys.size() == 24;
      killed.failed(
          killed.begin(SITE, key),
          last
              ? new ObjectDamagedException("it has another hash")
              : new ObjectMissingException(key));
    }
    killed.ended(SITE);

    Scrub next = scrub("30", NOW);
    next.restore(site(), until(killed));
    assertThat(run(next)).containsExactly(keys.get(23));
  }

  @Test
  void objectThatAStopCutOff_isReadByTheNextDaemon() throws Exception {
    Scrub stopped = scrub("30", NOW);
    stopped.restore(site(), NOW.minus(Duration.ofDays(31)));
    ScrubbedObject object = stopped.begin(SITE, stopped.due(SITE, MINUTE).next());
    ObjectContent content = stopped.opened(object, store.get(object.key()));
    stopped.stop();
    assertThatIOException().isThrownBy(() -> stopped.read(object, content));
    stopped.failed(object, new IOException("ended"));

    Scrub next = scrub("30", NOW);
    next.restore(site(), until(stopped));
    assertThat(run(next)).hasSize(24).startsWith(object.key());
  }

  @Test
  void pause_endsTheRunOfItsSite_untilItIsResumed() throws Exception {
    Scrub scrub = scrub("30", NOW);
    scrub.restore(site(), NOW.minus(Duration.ofDays(31)));
    Iterator<ObjectKey> due = scrub.due(SITE, MINUTE);
    ScrubbedObject object = scrub.begin(SITE, due.next());
    ObjectContent content = scrub.opened(object, store.get(object.key()));
    scrub.pause(SITE);
    assertThatIOException().isThrownBy(() -> scrub.read(object, content));
    scrub.failed(object, new IOException("ended"));
    assertThat(due.hasNext()).isFalse();
    assertThat(run(scrub)).isEmpty();
    scrub.resume(SITE);
    assertThat(run(scrub)).hasSize(24).startsWith(object.key());
  }

  @Test
  void stop_endsTheRun() throws Exception {
    Scrub scrub = scrub("30", NOW);
    scrub.restore(site(), NOW.minus(Duration.ofDays(31)));
    Iterator<ObjectKey> due = scrub.due(SITE, MINUTE);
    due.next();
    scrub.stop();
    assertThat(due.hasNext()).isFalse();
  }

  @Test
  void unreadObject_isReadAgain_toldEachTime_andNeverMarked() throws Exception {
    Scrub scrub = scrub("30", NOW);
    ObjectKey key = new ObjectKey("main/xlog/%024X".formatted(7));
    for (int time = 1; time <= 3; time++) {
      assertThat(scrub.unreadable(SITE)).isEmpty();
      scrub.failed(scrub.begin(SITE, key), new IOException("Input/output error"));
      assertThatIOException()
          .isThrownBy(() -> scrub.ended(SITE))
          .withMessage(key + " could not be read: Input/output error");
      assertThat(run(scrub)).containsExactly(key);
    }
    assertThat(scrub.unreadable(SITE)).containsExactly(Map.entry(key, "Input/output error"));
    assertThat(store.keys("main/damaged_object/")).isEmpty();

    scrub.read(scrub.begin(SITE, key), store.get(key));
    assertThat(scrub.unreadable(SITE)).isEmpty();
  }

  @Test
  void whatCannotBeDecodedHere_isNotTakenForDamage() throws Exception {
    Scrub scrub = scrub("30", NOW);
    ObjectKey key = new ObjectKey("main/xlog/%024X".formatted(7));
    for (Throwable failure :
        List.of(
            new IllegalArgumentException("no such algorithm"),
            new CamelLike(new UnsatisfiedLinkError("no native library")))) {
      for (int time = 0; time < 2; time++) {
        ScrubbedObject object = scrub.begin(SITE, key);
        scrub.opened(object, store.get(key)).close();
        scrub.failed(object, failure);
      }
    }
    assertThat(scrub.damaged(SITE)).isEmpty();
    assertThat(scrub.unreadable(SITE)).containsOnlyKeys(key);
  }

  /** Routes wrap an Error. */
  private static final class CamelLike extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CamelLike(Throwable cause) {
      super(cause);
    }
  }

  @Test
  void markOfAChunkWhoseBackupIsNotComplete_stays() throws Exception {
    put("main/basebackup_chunk/underway/underway.00000001.pghoard");
    put("main/damaged_object/basebackup_chunk/underway/underway.00000001.pghoard");
    assertThat(run(scrub("30", NOW))).hasSize(1);
    assertThat(store.keys("main/damaged_object/")).hasSize(1);
  }

  @Test
  void withoutAnInterval_marksAreLookedAfter() throws Exception {
    ObjectKey segment = new ObjectKey("main/xlog/%024X".formatted(7));
    put("main/damaged_object/xlog/" + segment.name());
    Scrub scrub = scrub("null", NOW);
    assertThat(scrub.isKnown(SITE)).isFalse();
    assertThat(run(scrub)).containsExactly(segment);
    assertThat(scrub.damaged(SITE)).containsExactly(segment);
    scrub.read(scrub.begin(SITE, segment), store.get(segment));
    assertThat(scrub.damaged(SITE)).isEmpty();
    assertThat(store.keys("main/damaged_object/")).isEmpty();
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

  @Test
  void mainObjectOfMillionsOfChunks_isDamaged_andCostsNoMemory() throws Exception {
    ObjectKey key = new ObjectKey("main/basebackup/lie.00000000.pghoard");
    String chunk =
        "{\"chunk_filename\":\"lie/lie.00000001.pghoard\",\"input_size\":1,\"result_size\":1},";
    Scrub scrub = scrub("30", NOW);
    lie(key, chunk.repeat(250_001));
    for (int time = 0; time < 2; time++) {
      ScrubbedObject object = scrub.begin(SITE, key);
      ObjectContent content = scrub.opened(object, store.get(key));
      assertThatIOException()
          .isThrownBy(() -> scrub.read(object, content))
          .withMessageContaining("more than 250000 chunks");
      scrub.failed(object, new IOException("it cannot be read"));
    }
    assertThat(scrub.damaged(SITE)).contains(key);
  }

  @Test
  void thousandsOfMissingChunks_areMarkedByTheHundred() throws Exception {
    ObjectKey key = new ObjectKey("main/basebackup/lie.00000000.pghoard");
    StringBuilder chunks = new StringBuilder();
    for (int number = 1; number <= 5000; number++) {
      chunks.append(
          "{\"chunk_filename\":\"lie/lie.%08d.pghoard\",\"input_size\":1,\"result_size\":1},"
              .formatted(number));
    }
    lie(key, chunks.toString());
    Scrub scrub = scrub("30", NOW);
    for (int time = 0; time < 2; time++) {
      ScrubbedObject object = scrub.begin(SITE, key);
      scrub.read(object, scrub.opened(object, store.get(key)));
    }
    assertThat(store.keys("main/damaged_object/")).hasSize(100);
  }

  @Test
  void segmentOfMoreBytesThanAnyHas_orWithAnUnknownHash_isDamaged() throws Exception {
    ObjectKey history = new ObjectKey("main/timeline/00000003.history");
    store.put(history, Map.of(), new ByteArrayInputStream(new byte[2 << 20]));
    ObjectKey odd = new ObjectKey("main/xlog/%024X".formatted(99));
    store.put(odd, Map.of("hash-algorithm", "none"), new ByteArrayInputStream(new byte[3]));
    Scrub scrub = scrub("30", NOW);
    for (ObjectKey key : List.of(history, odd)) {
      for (int time = 0; time < 2; time++) {
        ScrubbedObject object = scrub.begin(SITE, key);
        ObjectContent content = scrub.opened(object, store.get(key));
        try {
          scrub.read(object, content);
        } catch (IOException e) {
          scrub.failed(object, e);
        }
      }
    }
    assertThat(scrub.damaged(SITE)).containsExactly(history, odd);
  }

  /** A main object that is a record alone. */
  private void lie(ObjectKey key, String chunks) throws IOException {
    byte[] record =
        """
        {"backup_end_time": "2026-11-22T09:55:04Z", "backup_start_time": "2026-11-22T09:55:01Z",
         "backup_start_wal_segment": "000000010000000000000002", "pgdata": "/d", "chunks": [%s]}
        """
            .formatted(chunks.substring(0, chunks.length() - 1))
            .getBytes(UTF_8);
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    TarWriter writer = new TarWriter(tar);
    writer.put(
        TarEntry.file(BaseBackupObject.RECORD, record.length, 0), new ByteArrayInputStream(record));
    writer.finish();
    store.put(
        key,
        Map.of("format", BaseBackupObject.FORMAT),
        new ByteArrayInputStream(tar.toByteArray()));
  }

  /** The keys that one run gives. */
  private static List<ObjectKey> run(Scrub scrub) throws IOException {
    List<ObjectKey> keys = new ArrayList<>();
    scrub.due(SITE, MINUTE).forEachRemaining(keys::add);
    scrub.ended(SITE);
    return keys;
  }

  private Instant until(Scrub scrub) throws Exception {
    return Objects.requireNonNull(scrub.progress(site())).until();
  }

  private SiteConfig site() throws Exception {
    return Objects.requireNonNull(ConfigFile.read(home.resolve("pghoard.json")).sites().get(SITE));
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
