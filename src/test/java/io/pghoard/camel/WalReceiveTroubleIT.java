// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.postgres.PostgresCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is down while its WAL should be received, and comes again. */
class WalReceiveTroubleIT {
  @Test
  void serverThatIsDown_raisesTheAlert_andItsReturnClearsIt(@TempDir Path home) throws Exception {
    Files.writeString(
        home.resolve("application.properties"), "pghoard.wal.receive-alert-after = 200\n");
    try (PostgresCluster cluster = PostgresCluster.create(ReceivingCluster.OPTIONS);
        ReceivingCluster site = new ReceivingCluster(home, cluster.connectionString())) {
      site.awaitStreaming();
      cluster.stop();
      await()
          .atMost(ReceivingCluster.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(alert(home))
                      .hasValueSatisfying(
                          text ->
                              assertThat(text).contains("no WAL has been received since", "main")));
      assertThat(site.receivers().status(RunningService.SITE).running()).isFalse();
      cluster.start();
      site.awaitStreaming();
      await()
          .atMost(ReceivingCluster.PATIENCE)
          .untilAsserted(() -> assertThat(alert(home)).isEmpty());
      site.archived(cluster);
    }
  }

  private static Optional<String> alert(Path home) throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      Optional<Path> file =
          files
              .filter(path -> path.getFileName().toString().startsWith("wal_receive_failed"))
              .findFirst();
      return file.isEmpty() ? Optional.empty() : Optional.of(Files.readString(file.get()));
    }
  }
}
