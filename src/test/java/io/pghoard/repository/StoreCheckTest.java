// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.check.Checks;
import io.pghoard.check.Finding;
import io.pghoard.check.Outcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A check of a store that keeps its promises, and of some that break one each. */
class StoreCheckTest {
  private static final SiteKeys KEYS = new SiteKeys("main");

  private final List<Finding> findings = new ArrayList<>();
  private Path root;
  private LocalObjectStore local;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    root = directory;
    local = new LocalObjectStore(directory);
    local.sweep();
  }

  /** The local store, but for what a test makes of it. */
  private class Faulty implements ObjectStore {
    @Override
    public void put(ObjectKey key, Map<String, String> metadata, InputStream body)
        throws IOException {
      local.put(key, metadata, body);
    }

    @Override
    public ObjectContent get(ObjectKey key) throws IOException {
      return local.get(key);
    }

    @Override
    public List<StoredObject> list(String prefix) throws IOException {
      return local.list(prefix);
    }

    @Override
    public void delete(List<ObjectKey> keys) throws IOException {
      local.delete(keys);
    }
  }

  private List<String> notOk(ObjectStore store, Clock clock) {
    new StoreCheck(store, KEYS, clock).run(new Checks("store", findings::add));
    return findings.stream()
        .filter(finding -> finding.answer().outcome() != Outcome.OK)
        .map(finding -> finding.check() + " " + finding.answer().outcome())
        .toList();
  }

  @Test
  void localStore_keepsAllPromises_andNothingIsLeft() throws Exception {
    assertThat(notOk(local, Clock.systemUTC())).isEmpty();
    assertThat(findings).hasSize(8);
    assertThat(local.keys("")).isEmpty();
  }

  @Test
  void objectOfACheck_isNoneOfTheCatalogues() throws Exception {
    local.put(new ObjectKey(KEYS.checks() + "check"), Map.of(), InputStream.nullInputStream());

    Catalogue catalogue = new Catalogue(local, KEYS);
    assertThat(catalogue.listing()).isEqualTo(new Catalogue.Listing(List.of(), Map.of(), Map.of()));
    assertThat(catalogue.wal().timelines()).isEmpty();
    assertThat(catalogue.preservedUntil()).isEmpty();
    assertThat(local.keys(KEYS.chunks())).isEmpty();
  }

  @Test
  void whatAKilledCheckLeft_goes_andWhatARunningOneNeedsStays() throws Exception {
    ObjectKey left = key("check-11111111-2222-3333-4444-555555555555");
    ObjectKey running = key("check-61111111-2222-3333-4444-555555555555");
    ObjectKey other = key("somebody-elses");
    for (ObjectKey key : List.of(left, running, other)) {
      local.put(key, Map.of(), InputStream.nullInputStream());
    }
    for (ObjectKey key : List.of(left, other)) {
      Files.setLastModifiedTime(
          root.resolve(key.text()), FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    }

    assertThat(notOk(local, Clock.systemUTC())).isEmpty();

    assertThat(local.keys("")).containsExactly(running, other);
  }

  private static ObjectKey key(String name) {
    return new ObjectKey(KEYS.checks() + name);
  }

  @Test
  void clockThatIsOff_isMentioned_andRefused() {
    Clock late = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-6));
    assertThat(notOk(local, late)).containsExactly("store: clock WARNING");

    findings.clear();
    Clock early = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(16));
    assertThat(notOk(local, early)).containsExactly("store: clock FAILED");
  }

  @Test
  void lostMetadata_isFound() {
    ObjectStore lossy =
        new Faulty() {
          @Override
          public void put(ObjectKey key, Map<String, String> metadata, InputStream body)
              throws IOException {
            super.put(key, Map.of(), body);
          }
        };

    assertThat(notOk(lossy, Clock.systemUTC())).containsExactly("store: get FAILED");
  }

  @Test
  void changedBytes_areFound() {
    ObjectStore rotten =
        new Faulty() {
          @Override
          public ObjectContent get(ObjectKey key) throws IOException {
            return super.get(key).withStream(new ByteArrayInputStream(new byte[64 << 10]));
          }
        };

    assertThat(notOk(rotten, Clock.systemUTC())).containsExactly("store: get FAILED");
  }

  @Test
  void deniedDelete_isFound_andNamesWhatIsLeft() {
    ObjectStore stubborn =
        new Faulty() {
          @Override
          public void delete(List<ObjectKey> keys) throws IOException {
            throw new PermanentStorageException("denied");
          }
        };

    assertThat(notOk(stubborn, Clock.systemUTC()))
        .containsExactly("store: delete FAILED", "store: get of what is gone UNKNOWN");
    assertThat(findings.get(6).answer().remedy()).contains("main/pghoard_check/check-");
  }
}
