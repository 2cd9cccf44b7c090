// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A standby whose archive has nothing for it streams from its primary instead. */
class StandbyArchiveIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final AtomicInteger answer = new AtomicInteger(503);
  private final AtomicInteger requests = new AtomicInteger();

  @Test
  void standby_survivesAnAbsentArchive_atItsStartAndLater() throws Exception {
    ClusterOptions options =
        ClusterOptions.standard().withWalSegmentMegabytes(1).with("wal_keep_size", "64MB");
    HttpServer daemon = listen();
    try (PostgresCluster primary = PostgresCluster.create(options);
        PostgresCluster standby = primary.standby()) {
      standby.configure(
          "restore_command",
          "%s --mode restore --site main --port %d --xlog %%f --output %%p --deadline 5"
              .formatted(
                  standby.directory().program("pghoard_postgres_command"),
                  daemon.getAddress().getPort()));
      primary.psql("CREATE TABLE t (n int)");
      standby.restart();
      // 503: the store is down; 409: a gap in the archive, which the primary can stream.
      for (int status : new int[] {503, 409}) {
        answer.set(status);
        goesOnInTheMiddle(primary, standby);
        goesOnAtItsStart(primary, standby);
      }
      assertThat(requests).hasPositiveValue();
      daemon.stop(0);
      goesOnInTheMiddle(primary, standby);
      goesOnAtItsStart(primary, standby);
      recoveryWithoutAnArchive_stops(standby);
    } finally {
      daemon.stop(0);
    }
  }

  private HttpServer listen() throws Exception {
    HttpServer daemon =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    daemon.createContext(
        "/",
        request -> {
          requests.incrementAndGet();
          byte[] body = "{\"error\": \"not now\"}".getBytes(UTF_8);
          request.sendResponseHeaders(answer.get(), body.length);
          request.getResponseBody().write(body);
          request.close();
        });
    daemon.start();
    return daemon;
  }

  private static void goesOnInTheMiddle(PostgresCluster primary, PostgresCluster standby) {
    streams(primary, standby);
    // The standby loses its connection, and asks the archive before it makes a new one.
    primary.stopImmediately();
    primary.start();
    streams(primary, standby);
  }

  private static void goesOnAtItsStart(PostgresCluster primary, PostgresCluster standby) {
    standby.stop();
    primary.psql("INSERT INTO t VALUES (0)");
    primary.switchWal();
    standby.start();
    streams(primary, standby);
  }

  private static void streams(PostgresCluster primary, PostgresCluster standby) {
    primary.psql("INSERT INTO t VALUES (1)");
    String rows = primary.value("SELECT count(*) FROM t");
    await()
        .atMost(PATIENCE)
        .failFast("the standby has ended", () -> !standby.running())
        .ignoreExceptions()
        .until(() -> standby.value("SELECT count(*) FROM t").equals(rows));
  }

  /** The same directory as an archive recovery: opened, it would lose what was archived since. */
  private static void recoveryWithoutAnArchive_stops(PostgresCluster standby) throws Exception {
    standby.stop();
    Files.move(
        standby.dataDirectory().resolve("standby.signal"),
        standby.dataDirectory().resolve("recovery.signal"));
    try {
      standby.start();
    } catch (IllegalStateException e) {
      assertThat(standby.serverLog()).contains("could not restore file");
      return;
    }
    // With hot_standby it takes connections before it asks for what is missing.
    await().atMost(PATIENCE).until(() -> !standby.running());
  }
}
