// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** systemd's protocol, as a socket of its kind receives it. */
final class ServiceNoticeIT {
  @Test
  void socketInADirectory_hearsAll(@TempDir Path directory) throws Exception {
    try (NoticeReceiver systemd =
            new NoticeReceiver(directory.resolve("notify").toString(), directory);
        ServiceNotice notice = ServiceNotice.of(Map.of("NOTIFY_SOCKET", systemd.name))) {
      notice.ready("two\nlines");
      notice.reloading();
      notice.alive();
      notice.stopping();

      await().until(() -> systemd.notices().size() == 4);
      assertThat(systemd.notices())
          .satisfiesExactly(
              ready -> assertThat(ready).isEqualTo("READY=1;STATUS=two\\nlines"),
              reloading -> assertThat(reloading).matches("RELOADING=1;MONOTONIC_USEC=[1-9]\\d+"),
              alive -> assertThat(alive).isEqualTo("WATCHDOG=1"),
              stopping -> assertThat(stopping).isEqualTo("STOPPING=1;STATUS=Stopping"));
    }
  }

  @Test
  void socketInNoDirectory_hearsAll(@TempDir Path directory) throws Exception {
    try (NoticeReceiver systemd =
            new NoticeReceiver("@pghoard-test-" + UUID.randomUUID(), directory);
        ServiceNotice notice = ServiceNotice.of(Map.of("NOTIFY_SOCKET", systemd.name))) {
      notice.ready("up");

      await().untilAsserted(() -> assertThat(systemd.notices()).contains("READY=1;STATUS=up"));
    }
  }

  @Test
  void watchdogOfAnotherProcess_isNotFed(@TempDir Path directory) throws Exception {
    String own = String.valueOf(ProcessHandle.current().pid());
    String name = directory.resolve("nobody-listens").toString();
    Map<String, String> watched = Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "1");

    assertThat(due(watched)).isTrue();
    assertThat(due(with(watched, "WATCHDOG_PID", own))).isTrue();
    assertThat(due(with(watched, "WATCHDOG_PID", "1"))).isFalse();
    assertThat(due(with(watched, "WATCHDOG_USEC", "60000000"))).isFalse();
    assertThat(due(Map.of("WATCHDOG_USEC", "1"))).isFalse();
  }

  private static boolean due(Map<String, String> environment) {
    try (ServiceNotice notice = ServiceNotice.of(environment)) {
      long start = System.nanoTime();
      while (System.nanoTime() - start < 1000) {
        Thread.onSpinWait();
      }
      return notice.due();
    }
  }

  private static Map<String, String> with(Map<String, String> some, String key, String value) {
    Map<String, String> more = new HashMap<>(some);
    more.put(key, value);
    return more;
  }
}
