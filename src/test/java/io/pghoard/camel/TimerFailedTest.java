// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.alert.Repetitions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimerFailedTest {
  @Test
  void failureOfATimer_isTold_byItsRouteAndMessage(@TempDir Path home) throws Exception {
    Files.createDirectories(home.resolve("routes"));
    String route =
        """
        route:
          id: %1$s
          routeConfigurationId: scheduled
          from:
            uri: scheduler:%1$s
            parameters:
              delay: 50
            steps:
              - throwException:
                  exceptionType: java.io.IOException
                  message: no storage today
        """;
    Files.writeString(
        home.resolve("routes/failing.camel.yaml"),
        "- " + route.formatted("failing").indent(2).strip() + "\n");
    Files.writeString(
        home.resolve("routes/site-failing.camel.yaml"),
        """
        - routeTemplate:
            id: site-failing
            parameters:
              - name: site
        """
            + route.formatted("site-failing").indent(4));
    try (RunningService service = new RunningService(home)) {
      Repetitions repetitions = service.service().bean("repetitions", Repetitions.class);
      await().until(() -> repetitions.lastOf("failing").equals("no storage today"));
      await().until(() -> repetitions.lastOf("site-failing-main").equals("no storage today"));
    }
  }

  @Test
  void sameMessage_isToldOnceAMinute_andAnotherAtOnce() {
    Instant[] now = {Instant.EPOCH};
    Repetitions repetitions = new Repetitions(new SettableClock(now));
    assertThat(repetitions.tells("a", "no space")).isTrue();
    assertThat(repetitions.tells("a", "no space")).isFalse();
    assertThat(repetitions.tells("b", "no space")).isTrue();
    assertThat(repetitions.tells("a", "no network")).isTrue();
    now[0] = now[0].plus(Duration.ofMinutes(1));
    assertThat(repetitions.tells("a", "no network")).isTrue();
    assertThat(repetitions.tells("a", null)).isTrue();
  }
}
