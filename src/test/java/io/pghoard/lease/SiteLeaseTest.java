// SPDX-License-Identifier: Apache-2.0
package io.pghoard.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.config.SiteName;
import io.pghoard.repository.LocalObjectStore;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteLeaseTest {
  private static final SiteKeys KEYS = new SiteKeys("main");

  private LocalObjectStore store;
  private Machine one;
  private Machine other;

  /** A daemon, and the clock of its machine. */
  private static final class Machine {
    final SiteLease lease;
    long seconds;

    Machine(String id) {
      lease =
          new SiteLease(
              new SiteName("main"),
              KEYS,
              new PghoardId("host-" + id, id),
              Duration.ofMinutes(5),
              () -> Duration.ofSeconds(seconds).toNanos());
    }
  }

  @BeforeEach
  void open(@TempDir Path directory) throws IOException {
    store = new LocalObjectStore(directory.resolve("repository"));
    store.sweep();
    one = new Machine("one");
    other = new Machine("other");
    other.seconds = -1_000_000;
  }

  @Test
  void heldLease_isRefusedToOthers_untilItIsGivenBack() throws IOException {
    one.lease.take(store, "test");
    assertThat(other.lease.other(store)).isEqualTo(new PghoardId("host-one", "one"));
    assertThatThrownBy(() -> other.lease.take(store, "test"))
        .isInstanceOf(BaseBackupElsewhereException.class)
        .hasMessage(
            "another daemon, pghoard on host-one (one), is taking a base backup of site main into"
                + " the same repository");
    one.lease.release(store, "test");
    assertThat(other.lease.other(store)).isNull();
    other.lease.take(store, "test");
    assertThat(one.lease.other(store)).isEqualTo(new PghoardId("host-other", "other"));
  }

  @Test
  void renewedLease_isNeverTakenOver_andLeavesOneObject() throws IOException {
    one.lease.take(store, "test");
    for (int minutes = 0; minutes < 30; minutes += 4) {
      assertThat(other.lease.other(store)).isNotNull();
      other.seconds += 240;
      one.lease.renew(store, "test");
    }
    assertThatThrownBy(() -> other.lease.take(store, "test"))
        .isInstanceOf(BaseBackupElsewhereException.class);
    assertThat(store.keys(KEYS.leases())).hasSize(1);
  }

  @Test
  void leaseOfAStalledDaemon_isTakenOver_andItsHolderIsToldWhenItGoesOn() throws IOException {
    one.lease.take(store, "test");
    assertThat(other.lease.other(store)).isNotNull();
    other.seconds += 299;
    assertThat(other.lease.other(store)).isNotNull();
    other.seconds += 1;
    assertThat(other.lease.other(store)).isNull();
    other.lease.take(store, "test");
    // The number that the first would put next is free again.
    other.lease.renew(store, "test");
    other.lease.renew(store, "test");

    assertThatThrownBy(() -> one.lease.renew(store, "test"))
        .isInstanceOf(BaseBackupElsewhereException.class);
    assertThatThrownBy(() -> one.lease.renew(store, "test"))
        .isInstanceOf(BaseBackupElsewhereException.class);
    one.lease.release(store, "test");
    assertThatCode(() -> other.lease.renew(store, "test")).doesNotThrowAnyException();
    assertThat(store.keys(KEYS.leases())).hasSize(1);
  }

  @Test
  void daemonThatWasRestarted_goesOnAtOnce() throws IOException {
    one.lease.take(store, "test");
    Machine again = new Machine("one");
    assertThat(again.lease.other(store)).isNull();
    again.lease.take(store, "test");
    assertThat(other.lease.other(store)).isNotNull();
  }

  @Test
  void copyOfAMachine_isNotTakenForTheSameDaemon() throws IOException {
    one.lease.take(store, "test");
    Machine copy = new Machine("one");
    copy.lease.take(store, "test");
    assertThatThrownBy(() -> one.lease.renew(store, "test"))
        .isInstanceOf(BaseBackupElsewhereException.class);
    copy.lease.renew(store, "test");
  }

  @Test
  void severalUsersOfADaemon_haveItUntilTheLastGivesItBack() throws IOException {
    one.lease.take(store, "backup");
    one.lease.take(store, "sweep");
    one.lease.release(store, "backup");
    assertThat(other.lease.other(store)).isNotNull();
    // As one that had lost it before.
    assertThatThrownBy(() -> one.lease.renew(store, "backup"))
        .isInstanceOf(BaseBackupElsewhereException.class);
    one.lease.renew(store, "sweep");
    one.lease.release(store, "sweep");
    assertThat(other.lease.other(store)).isNull();
  }

  @Test
  void renewalWhoseAnswerWasLost_isGivenBackAllTheSame() throws IOException {
    one.lease.take(store, "test");
    LossyStore lossy = new LossyStore(store);
    lossy.answers = false;
    assertThatThrownBy(() -> one.lease.renew(lossy, "test")).hasMessage("no answer");
    lossy.answers = true;
    assertThat(one.lease.isFresh("test")).isTrue();
    one.lease.release(lossy, "test");
    assertThat(other.lease.other(store)).isNull();
    assertThat(store.keys(KEYS.leases())).hasSize(1);
  }

  /** What is put is stored, and may not be answered. */
  private static final class LossyStore implements ObjectStore {
    private final ObjectStore store;
    private boolean answers = true;

    LossyStore(ObjectStore store) {
      this.store = store;
    }

    @Override
    public void put(ObjectKey key, Map<String, String> metadata, InputStream body)
        throws IOException {
      store.put(key, metadata, body);
      if (!answers) {
        throw new IOException("no answer");
      }
    }

    @Override
    public ObjectContent get(ObjectKey key) throws IOException {
      return store.get(key);
    }

    @Override
    public List<StoredObject> list(String prefix) throws IOException {
      return store.list(prefix);
    }

    @Override
    public void delete(List<ObjectKey> keys) throws IOException {
      store.delete(keys);
    }
  }

  @Test
  void strangeObjectBesideTheLease_isLeftAlone() throws IOException {
    ObjectKey strange = new ObjectKey(KEYS.leases() + "README");
    store.put(strange, Map.of(), InputStream.nullInputStream());
    one.lease.take(store, "test");
    one.lease.renew(store, "test");
    assertThat(other.lease.other(store)).isNotNull();
    assertThat(store.keys(KEYS.leases())).hasSize(2).contains(strange);
  }

  @Test
  void answerFromMemory_isAnothersLeaseAlone() throws IOException {
    Duration minute = Duration.ofMinutes(1);
    assertThat(other.lease.other(store, minute)).isNull();
    one.lease.take(store, "test");
    assertThat(other.lease.other(store, minute)).isNotNull();
    one.lease.release(store, "test");
    assertThat(other.lease.other(store, minute)).isNotNull();
    other.seconds += 60;
    assertThat(other.lease.other(store, minute)).isNull();
  }

  @Test
  void racingDaemons_haveOneWinner() throws Exception {
    int racers = 8;
    ExecutorService threads = Executors.newFixedThreadPool(racers);
    try {
      for (int round = 0; round < 20; round++) {
        CountDownLatch together = new CountDownLatch(racers);
        List<SiteLease> leases = new ArrayList<>();
        List<Future<Boolean>> taken = new ArrayList<>();
        for (int racer = 0; racer < racers; racer++) {
          SiteLease lease = new Machine("racer-" + racer).lease;
          leases.add(lease);
          taken.add(
              threads.submit(
                  () -> {
                    together.countDown();
                    together.await();
                    try {
                      lease.take(store, "test");
                      return true;
                    } catch (BaseBackupElsewhereException e) {
                      return false;
                    }
                  }));
        }
        List<Boolean> won = new ArrayList<>();
        for (Future<Boolean> each : taken) {
          won.add(each.get());
        }
        assertThat(won).containsOnlyOnce(true);
        leases.get(won.indexOf(true)).release(store, "test");
      }
      assertThat(store.keys(KEYS.leases()))
          .extracting(ObjectKey::text)
          .containsExactly("main/basebackup_lease/%016d".formatted(40));
    } finally {
      threads.shutdown();
    }
  }
}
