// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.pghoard.repository.FaultProxy;
import io.pghoard.repository.FaultProxy.Direction;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PermanentStorageException;
import io.pghoard.repository.s3.TestAuthority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A site at Google behind a network that fails. */
@Timeout(180)
class GoogleNetworkIT extends GoogleService {
  private static final ObjectKey KEY = new ObjectKey("main/xlog/00000001000000000000000A");
  private static final byte[] SMALL = new byte[300_000];

  /** More than two chunks. */
  private static final byte[] LARGE = new byte[(20 << 20) + 17];

  static {
    new Random(1).nextBytes(SMALL);
    new Random(2).nextBytes(LARGE);
  }

  private static byte[] read(RunningService service) throws IOException {
    try (ObjectContent content = service.store().get(KEY)) {
      return content.stream().readAllBytes();
    }
  }

  private static void put(RunningService service, byte[] bytes) throws IOException {
    service.store().put(KEY, Map.of("host", "db1"), new ByteArrayInputStream(bytes));
  }

  @Test
  void storeThatNeverAnswers_endsEveryCall(@TempDir Path home) throws Exception {
    Files.writeString(home.resolve("application.properties"), "pghoard.storage.retries = 0\n");
    try (FaultProxy network = new FaultProxy(google().port());
        RunningService service =
            service(
                home,
                google().bucket(),
                network.port(),
                storage -> storage.put("read_timeout", 1).put("call_timeout", 2))) {
      put(service, SMALL);
      for (boolean silentStore : new boolean[] {true, false}) {
        if (silentStore) {
          google().faults().silence();
        } else {
          network.fault(FaultProxy.silence());
        }
        long start = System.nanoTime();
        ObjectKey other = new ObjectKey("main/x");
        assertThatIOException().isThrownBy(() -> service.store().get(KEY));
        assertThatIOException().isThrownBy(() -> service.store().keys(""));
        assertThatIOException().isThrownBy(() -> service.store().delete(KEY));
        assertThatIOException()
            .isThrownBy(
                () -> service.store().put(other, Map.of(), new ByteArrayInputStream(LARGE)));
        assertThatIOException()
            .isThrownBy(() -> service.store().put(other, Map.of(), new ByteArrayInputStream(SMALL)))
            .withMessageContaining("does not respond");
        // Five calls.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        google().faults().none();
        network.fault(FaultProxy.healthy());
      }
      assertThat(read(service)).isEqualTo(SMALL);
    }
  }

  @Test
  void connectionThatIsCutOrHangs_leavesNothingHalfWrittenOrHalfRead(@TempDir Path home)
      throws Exception {
    try (FaultProxy network = new FaultProxy(google().port());
        RunningService service =
            service(
                home,
                google().bucket(),
                network.port(),
                storage -> storage.put("read_timeout", 2).put("call_timeout", 5))) {
      for (byte[] bytes : List.of(SMALL, LARGE)) {
        // Of a large object's chunk nothing is kept below 256 KiB.
        network.fault(
            FaultProxy.cutAfter(Direction.TO_SERVER, Math.min(100 << 10, bytes.length / 2)));
        assertThatIOException()
            .isThrownBy(() -> put(service, bytes))
            .withMessageStartingWith("cannot put " + KEY)
            .isNotInstanceOf(PermanentStorageException.class);
        network.fault(FaultProxy.healthy());
        assertThat(service.store().keys("")).isEmpty();
      }
      // Each connection brings a part of it.
      network.fault(FaultProxy.cutAfter(Direction.TO_SERVER, LARGE.length / 2));
      put(service, LARGE);

      network.fault(FaultProxy.cutAfter(Direction.TO_CLIENT, 3 << 20));
      assertThatIOException()
          .isThrownBy(() -> read(service))
          .withMessageContaining("cannot read on in " + KEY + " after ");
      network.fault(FaultProxy.silenceAfter(Direction.TO_CLIENT, 3 << 20));
      assertThatIOException()
          .isThrownBy(() -> read(service))
          .withMessageContaining("cannot read on in " + KEY + " after ")
          .withMessageContaining("does not respond");
      network.fault(FaultProxy.latency(2));
      assertThat(read(service)).isEqualTo(LARGE);
    }
  }

  @Test
  void readerThatStopsInTheMiddle_doesNotFetchTheRest(@TempDir Path home) throws Exception {
    try (FaultProxy network = new FaultProxy(google().port());
        RunningService service = service(home, google().bucket(), network.port(), storage -> {})) {
      put(service, LARGE);
      network.fault(FaultProxy.trickle(Direction.TO_CLIENT, 1 << 20));
      long start = System.nanoTime();
      try (ObjectContent content = service.store().get(KEY)) {
        assertThat(content.stream().readNBytes(10)).hasSize(10);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void wayToGoogle_isToldWhenItIsNotThere(@TempDir Path home) throws Exception {
    Files.writeString(home.resolve("application.properties"), "pghoard.storage.retries = 0\n");
    try (RunningService service =
        service(home, "bucket-x", google().port(), storage -> storage.put("host", "a.invalid"))) {
      assertThatIOException()
          .isThrownBy(() -> service.store().keys(""))
          .withMessageContaining("the host name of a.invalid")
          .withMessageContaining("cannot be resolved");
    }
    HttpsServer stranger =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    stranger.setHttpsConfigurator(
        new HttpsConfigurator(
            TestAuthority.in(Files.createDirectory(home.resolve("ca"))).server("server", "-1d")));
    stranger.start();
    try (RunningService service =
        service(
            home,
            "bucket-x",
            stranger.getAddress().getPort(),
            storage -> storage.put("is_secure", true))) {
      assertThatThrownBy(() -> service.store().keys(""))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("the certificate of 127.0.0.1:")
          .hasMessageContaining("is not signed by an authority that Java trusts");
    } finally {
      stranger.stop(0);
    }
  }

  @Test
  void proxy_isGoneBy(@TempDir Path home) throws Exception {
    String bucket = google().bucket();
    try (RunningService service =
        service(
            home,
            bucket,
            google().port(),
            storage -> {
              storage.put("host", "storage.invalid");
              storage.putObject("proxy_info").put("host", "127.0.0.1").put("port", google().port());
            })) {
      put(service, SMALL);
      service.store().delete(KEY);
      assertThat(service.store().keys("")).isEmpty();
    }
  }

  @Test
  void largeObject_goesThroughASmallHeap(@TempDir Path home) throws Exception {
    String bucket = google().bucket();
    LargeObjectProcess.putAndGet(
        home, storage -> google().storage(storage, bucket, google().port()));
    google().empty(bucket);
  }
}
