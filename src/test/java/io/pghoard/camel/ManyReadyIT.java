// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.archive.ArchivingSite;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More WAL files wait than are stored in one go. */
class ManyReadyIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int FILES = 1500;

  /** Several are stored side by side, so that they may overtake each other a little. */
  private static final int OVERTAKEN = 100;

  @Test
  void waitingFiles_areStoredOnceEach_theOldestFirst_inSteadyMemory(@TempDir Path home)
      throws Exception {
    List<String> names = new ArrayList<>();
    for (int number = 1; number <= FILES; number++) {
      names.add("0000000100000000%08X".formatted(number));
    }
    makeWaiting(home.resolve("data"), names);
    try (ArchivingService service = new ArchivingService(home)) {
      await().atMost(LIMIT).until(() -> stored(service) >= FILES / 5);
      long early = liveHeap();
      await().atMost(LIMIT).until(() -> stored(service) == FILES);
      assertThat(liveHeap() - early).isLessThan(16 << 20);
      List<String> order = new ArrayList<>(inTheOrderOfTheirStorage(service, names).values());
      for (int place = 0; place < FILES; place++) {
        assertThat(names.indexOf(order.get(place)))
            .as(order.get(place))
            .isBetween(place - OVERTAKEN, place + OVERTAKEN);
      }
      // Each was put once: a second put is refused, and counted.
      assertThat(
              service
                  .daemon
                  .json("/status")
                  .at("/transfer_agent_state/main/upload/xlog/count")
                  .asInt())
          .isEqualTo(FILES);
    }
  }

  /** As a file system lists them that keeps no order. */
  private static void makeWaiting(Path data, List<String> names) throws IOException {
    ArchivingSite.makeCluster(data);
    List<String> shuffled = new ArrayList<>(names);
    Collections.shuffle(shuffled, new Random(1));
    for (String name : shuffled) {
      Files.write(data.resolve("pg_wal").resolve(name), ArchivingSite.segment(name, 1));
      Files.createFile(data.resolve("pg_wal/archive_status").resolve(name + ".ready"));
    }
  }

  private static int stored(ArchivingService service) throws IOException {
    List<ObjectKey> keys = service.daemon.store().keys("main/xlog/");
    return keys.size();
  }

  private static Map<FileTime, String> inTheOrderOfTheirStorage(
      ArchivingService service, List<String> names) throws IOException {
    Map<FileTime, String> order = new TreeMap<>();
    for (String name : names) {
      FileTime time = Files.getLastModifiedTime(service.object(name));
      while (order.containsKey(time)) {
        time = FileTime.from(time.toInstant().plusNanos(1));
      }
      order.put(time, name);
    }
    return order;
  }

  private static long liveHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
