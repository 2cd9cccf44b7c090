// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import static io.pghoard.repository.sftp.SftpDirectory.put;
import static io.pghoard.repository.sftp.SftpDirectory.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.repository.FaultProxy;
import io.pghoard.repository.FaultProxy.Direction;
import io.pghoard.repository.FaultProxy.Fault;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.PermanentStorageException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A site on an SFTP server behind a network that fails, or that is down. */
@Timeout(120)
class SftpFaultsIT {
  @RegisterExtension static final SftpDirectory DIRECTORY = new SftpDirectory();

  private static final ObjectKey KEY = new ObjectKey("main/xlog/x");
  private static final ObjectKey OTHER = new ObjectKey("main/xlog/y");
  private static final byte[] LARGE = new byte[4 << 20];

  static {
    new Random(1).nextBytes(LARGE);
  }

  private static Consumer<ObjectNode> by(FaultProxy network) {
    return storage ->
        storage
            .put("port", network.port())
            .put("connect_timeout", 2)
            .put("read_timeout", 1)
            .put("call_timeout", 3);
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  @Test
  void silentServer_endsEveryCall() throws Exception {
    try (FaultProxy network = new FaultProxy(DIRECTORY.server().port());
        SftpObjectStore store = DIRECTORY.store(by(network))) {
      put(store, KEY, LARGE);
      network.fault(FaultProxy.silence());
      long began = System.nanoTime();

      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> read(store, KEY),
              () -> store.keys(""),
              () -> store.list(""),
              () -> put(store, OTHER, LARGE),
              () -> store.delete(KEY))) {
        assertThatThrownBy(call)
            .isInstanceOf(IOException.class)
            .isNotInstanceOf(PermanentStorageException.class)
            .hasMessageStartingWith("cannot ");
      }

      assertThat(since(began)).isLessThan(Duration.ofSeconds(25));
      network.fault(FaultProxy.healthy());
      assertThat(read(store, KEY)).isEqualTo(LARGE);
    }
  }

  @Test
  void blackHoleInTheMiddle_endsPutAndGet() throws Exception {
    try (FaultProxy network = new FaultProxy(DIRECTORY.server().port());
        SftpObjectStore store = DIRECTORY.store(by(network))) {
      network.fault(FaultProxy.silenceAfter(Direction.TO_SERVER, 1 << 20));
      long began = System.nanoTime();
      assertThatIOException()
          .isThrownBy(() -> put(store, KEY, LARGE))
          .withMessageContaining("cannot put main/xlog/x: ");
      assertThat(since(began)).isLessThan(Duration.ofSeconds(15));

      network.fault(FaultProxy.healthy());
      assertThat(store.keys("")).isEmpty();
      put(store, KEY, LARGE);
      // The next put has removed what that one left.
      assertThat(DIRECTORY.files()).containsExactly("main/xlog/x", "main/xlog/x.metadata");

      network.fault(FaultProxy.silenceAfter(Direction.TO_CLIENT, 1 << 20));
      try (SftpObjectStore fresh = DIRECTORY.store(by(network))) {
        began = System.nanoTime();
        assertThatIOException()
            .isThrownBy(() -> read(fresh, KEY))
            .withMessageContaining("the server has not answered for 1 s");
        assertThat(since(began)).isLessThan(Duration.ofSeconds(15));
      }
    }
  }

  @Test
  void connectionThatIsCut_leavesNothingHalfWrittenOrHalfRead() throws Exception {
    try (FaultProxy network = new FaultProxy(DIRECTORY.server().port());
        SftpObjectStore store = DIRECTORY.store(by(network))) {
      network.fault(FaultProxy.cutAfter(Direction.TO_SERVER, 2 << 20));
      assertThatIOException().isThrownBy(() -> put(store, KEY, LARGE));
      network.fault(FaultProxy.healthy());
      assertThat(store.keys("")).isEmpty();
      assertThatThrownBy(() -> read(store, KEY)).isInstanceOf(ObjectMissingException.class);
      put(store, KEY, LARGE);

      network.fault(FaultProxy.cutAfter(Direction.TO_CLIENT, 2 << 20));
      try (SftpObjectStore fresh = DIRECTORY.store(by(network))) {
        assertThatIOException()
            .isThrownBy(() -> read(fresh, KEY))
            .withMessageContaining("cannot get main/xlog/x: ");
      }
    }
  }

  /** Wherever an answer is lost, the put that is repeated ends well, and the object is whole. */
  @Test
  void putThatIsCutAnywhere_isRepeatedToItsEnd() throws Exception {
    AtomicLong answered = new AtomicLong();
    try (FaultProxy network = new FaultProxy(DIRECTORY.server().port())) {
      Fault counted =
          (direction, passed, count) -> {
            if (direction == Direction.TO_CLIENT) {
              answered.set(passed + count);
            }
            return count;
          };
      network.fault(counted);
      long login;
      long whole;
      try (SftpObjectStore store = DIRECTORY.store(by(network))) {
        store.keys("");
        login = answered.get();
        put(store, OTHER, new byte[100]);
        whole = answered.get();
      }
      for (int cut = 1; cut <= 16; cut++) {
        ObjectKey key = new ObjectKey("main/cut/" + cut);
        long limit = login + (whole - login) * cut / 16;
        AtomicBoolean done = new AtomicBoolean();
        try (SftpObjectStore store = DIRECTORY.store(by(network))) {
          store.keys("");
          network.fault(
              (direction, passed, count) -> {
                boolean now =
                    direction == Direction.TO_CLIENT
                        && passed + count >= limit
                        && done.compareAndSet(false, true);
                return now ? 0 : count;
              });
          byte[] body = ("body " + cut).getBytes(UTF_8);

          assertThatIOException().isThrownBy(() -> put(store, key, body));
          put(store, key, body);

          assertThat(read(store, key)).isEqualTo(body);
          assertThatThrownBy(() -> put(store, key, LARGE))
              .isInstanceOf(ObjectExistsException.class);
        }
      }
      assertThat(DIRECTORY.files()).noneMatch(file -> file.contains("/.")).hasSize(34);
    }
  }

  /** Wherever the put breaks off: when another writer has the name by then, it is not one's own. */
  @Test
  void putThatIsCutAndOvertaken_isNotTakenForItsOwn() throws Exception {
    AtomicLong sent = new AtomicLong();
    int overtaken = 0;
    try (FaultProxy network = new FaultProxy(DIRECTORY.server().port());
        SftpObjectStore other = DIRECTORY.store()) {
      network.fault(
          (direction, passed, count) -> {
            if (direction == Direction.TO_SERVER) {
              sent.set(passed + count);
            }
            return count;
          });
      long login;
      long whole;
      try (SftpObjectStore store = DIRECTORY.store(by(network))) {
        store.keys("");
        login = sent.get();
        put(store, OTHER, new byte[100]);
        whole = sent.get();
      }
      for (int cut = 1; cut <= 40; cut++) {
        ObjectKey key = new ObjectKey("main/overtaken/" + cut);
        long limit = login + (whole - login) * cut / 40;
        AtomicBoolean done = new AtomicBoolean();
        try (SftpObjectStore store = DIRECTORY.store(by(network))) {
          store.keys("");
          network.fault(
              (direction, passed, count) -> {
                boolean now =
                    direction == Direction.TO_SERVER
                        && passed + count >= limit
                        && done.compareAndSet(false, true);
                return now ? 0 : count;
              });
          byte[] own = ("own " + cut).getBytes(UTF_8);
          byte[] others = ("other " + cut).getBytes(UTF_8);
          assertThatIOException().isThrownBy(() -> put(store, key, own));
          try {
            put(other, key, others);
          } catch (IOException itIsThereAlready) {
            continue;
          }
          overtaken++;

          assertThatThrownBy(() -> put(store, key, own)).isInstanceOf(ObjectExistsException.class);
          assertThat(read(store, key)).isEqualTo(others);
        }
      }
    }
    assertThat(overtaken).isPositive();
  }

  @Test
  void slowNetwork_isWaitedFor() throws Exception {
    try (FaultProxy network = new FaultProxy(DIRECTORY.server().port());
        SftpObjectStore store = DIRECTORY.store(by(network))) {
      network.fault(FaultProxy.trickle(Direction.TO_SERVER, 200_000));
      put(store, KEY, new byte[400_000]);
      network.fault(FaultProxy.latency(10));
      assertThat(read(store, KEY)).hasSize(400_000);
    }
  }

  @Test
  void serverThatWasKilled_isUsedAgainWhenItIsBack() throws Exception {
    try (SftpObjectStore store = DIRECTORY.store()) {
      put(store, KEY, LARGE);
      DIRECTORY.server().kill();
      assertThatThrownBy(() -> put(store, OTHER, LARGE))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(PermanentStorageException.class);
      assertThatThrownBy(() -> store.get(KEY))
          .isNotInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("no connection to 127.0.0.1 port ");
      DIRECTORY.server().restart("");
      put(store, OTHER, LARGE);
      assertThat(read(store, KEY)).isEqualTo(LARGE);
    }
  }
}
