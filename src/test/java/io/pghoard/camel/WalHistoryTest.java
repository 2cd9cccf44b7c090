// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archiving was off at the promotion to timeline 2. */
class WalHistoryTest {
  private static final String SEGMENT = "000000020000000000000004";
  private static final String NEXT = "000000020000000000000005";

  @Test
  void historyIsStoredWithTheFirstSegment_orTheSegmentIsRefused(@TempDir Path home)
      throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      service.segment(SEGMENT, 1);
      HttpResponse<String> refused = service.daemon.send("PUT", "/main/archive/" + SEGMENT);
      assertThat(refused.statusCode()).isEqualTo(412);
      assertThat(refused.body()).contains("00000002.history", "\"remedy\":", "another server");
      assertThat(service.object(SEGMENT)).doesNotExist();

      Files.writeString(service.wal.resolve("00000002.history"), "1\t0/300000\tpromoted\n");
      assertThat(service.daemon.send("PUT", "/main/archive/" + SEGMENT).statusCode())
          .isEqualTo(201);
      assertThat(service.repository.resolve("main/timeline/00000002.history")).exists();
      assertThat(service.object(SEGMENT)).exists();
    }
  }

  @Test
  void lookAhead_storesTheHistoryToo(@TempDir Path home) throws Exception {
    try (ArchivingService service = new ArchivingService(home)) {
      Files.writeString(service.wal.resolve("00000002.history"), "1\t0/300000\tpromoted\n");
      service.segment(SEGMENT, 1);
      service.segment(NEXT, 2);
      service.ready(SEGMENT);
      service.ready(NEXT);
      await()
          .until(() -> Files.exists(service.object(SEGMENT)) && Files.exists(service.object(NEXT)));
      assertThat(service.repository.resolve("main/timeline/00000002.history")).exists();
    }
  }
}
