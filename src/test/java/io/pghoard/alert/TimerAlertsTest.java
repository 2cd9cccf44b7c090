// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.config.SiteName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimerAlertsTest {
  private static final SiteName MAIN = new SiteName("main");
  private static final TimerRoute RETENTION =
      route("site-retention-schedule-main", MAIN, Duration.ofMinutes(5));
  private static final TimerRoute SCRUB = route("site-scrub-main", MAIN, Duration.ofMinutes(5));
  private static final TimerRoute RELOAD = route("config-reload", null, Duration.ofSeconds(1));
  private static final TimerRoute STATE = route("state-write", null, Duration.ofSeconds(10));

  /** It stands still, as a clock that somebody sets: only the other one counts. */
  private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

  private long nanos = Long.MAX_VALUE - 1;
  private final TimerRuns runs = new TimerRuns(CLOCK, () -> nanos);
  private final TimerAlerts alerts = new TimerAlerts(runs, Duration.ofHours(1));

  @Test
  void retention_isAnAlertAfterTheSecondFailure_untilItWorks() {
    runs.started(RETENTION);
    assertThat(change("retention_failed", MAIN)).isNull();
    run(RETENTION, "no store");
    assertThat(change("retention_failed", MAIN)).isNull();
    run(RETENTION, "no store today");
    assertThat(raised("retention_failed", MAIN))
        .contains("retention has failed again and again since 1970", "no store today");
    run(RETENTION, null);
    assertThat(goes("retention_failed", MAIN)).isTrue();
  }

  @Test
  void retentionAfterABaseBackup_countsAsARunOfItsSchedule() {
    runs.started(RETENTION);
    runs.cameTo(RETENTION.id(), "no store");
    run(RETENTION, "no store");
    assertThat(raised("retention_failed", MAIN)).contains("no store");
    runs.cameTo(RETENTION.id(), null);
    assertThat(goes("retention_failed", MAIN)).isTrue();
  }

  @Test
  void otherRoutes_areAnAlertWhenTheyFailAgain_forAWhile() {
    runs.started(RELOAD);
    runs.started(SCRUB);
    for (int i = 0; i < 100; i++) {
      run(RELOAD, "no permission");
    }
    assertThat(change("route_failed", null)).as("for a moment").isNull();
    pass(Duration.ofMinutes(2));
    assertThat(raised("route_failed", null))
        .contains("config-reload has failed", "no permission", "It does config-reload.");
    run(SCRUB, "one");
    pass(Duration.ofMinutes(5));
    assertThat(change("route_failed", MAIN)).as("once").isNull();
    run(SCRUB, "two");
    assertThat(raised("route_failed", MAIN)).contains("site-scrub-main", "two");
    run(RELOAD, null);
    assertThat(goes("route_failed", null)).isTrue();
    assertThat(raised("route_failed", MAIN)).isNotNull();
  }

  @Test
  void alertOfAFormerRun_stays_whileNobodyKnows() {
    runs.started(SCRUB);
    assertThat(change("route_failed", MAIN)).isNull();
    runs.begun(SCRUB.id());
    assertThat(change("route_failed", MAIN)).isNull();
    pass(Duration.ofMinutes(2));
    assertThat(goes("route_failed", MAIN)).as("long work goes on").isTrue();
  }

  @Test
  void routeThatDoesNotRunAnyMore_standsStill() {
    runs.started(RELOAD);
    run(RELOAD, null);
    pass(Duration.ofMinutes(9));
    assertThat(goes("route_stands_still", null)).isTrue();
    pass(Duration.ofMinutes(2));
    assertThat(raised("route_stands_still", null))
        .contains("config-reload runs every 1 s and has not run for 11 minutes", "restart pghoard");
    assertThat(alerts.still()).hasSize(1);
    run(RELOAD, null);
    assertThat(goes("route_stands_still", null)).isTrue();
  }

  @Test
  void routeWithALongPeriodOrDelay_isNotStill() {
    TimerRoute sweep =
        new TimerRoute(
            "site-upload-sweep-main", MAIN, "", Duration.ofHours(3), Duration.ofHours(24));
    TimerRoute once = new TimerRoute("once", null, "", Duration.ZERO, null);
    runs.started(sweep);
    runs.started(once);
    pass(Duration.ofHours(4));
    run(sweep, null);
    run(once, null);
    pass(Duration.ofDays(4));
    assertThat(alerts.still()).isEmpty();
    pass(Duration.ofDays(2));
    assertThat(alerts.still()).singleElement().asString().contains("site-upload-sweep-main");
  }

  @Test
  void longRun_isStillOnlyWhenNoneOfItsStepsGoesOn() {
    runs.started(SCRUB);
    runs.begun(SCRUB.id());
    for (int hour = 0; hour < 48; hour++) {
      pass(Duration.ofMinutes(59));
      runs.moved(SCRUB.id());
      assertThat(goes("route_stands_still", MAIN)).isTrue();
    }
    pass(Duration.ofMinutes(60));
    assertThat(raised("route_stands_still", MAIN))
        .contains("site-scrub-main has run for long and made no step for 60 minutes");
  }

  @Test
  void stateFile_hasAnAlertOfItsOwn() {
    runs.started(STATE);
    run(STATE, "No space left on device");
    pass(Duration.ofMinutes(2));
    run(STATE, "No space left on device");
    assertThat(raised("state_file_not_written", null))
        .contains("the state file has not been written since", "No space left on device");
    assertThat(change("route_failed", null)).isNull();
    run(STATE, null);
    assertThat(goes("state_file_not_written", null)).isTrue();
    pass(Duration.ofMinutes(11));
    assertThat(raised("state_file_not_written", null)).contains("has not run for 11 minutes");
    assertThat(goes("route_stands_still", null)).isTrue();
  }

  @Test
  void routeThatWasStopped_isNothing() {
    runs.started(RELOAD);
    runs.stopped(RELOAD.id());
    run(RELOAD, "late");
    pass(Duration.ofDays(1));
    assertThat(alerts.changes()).isEmpty();
  }

  private static TimerRoute route(String id, @Nullable SiteName site, Duration period) {
    return new TimerRoute(id, site, "It does " + id + ".", Duration.ZERO, period);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private void run(TimerRoute route, @Nullable String failure) {
    runs.begun(route.id());
    runs.ended(route.id(), failure);
  }

  private @Nullable String raised(String name, @Nullable SiteName site) {
    AlertChange change = change(name, site);
    return change == null ? null : change.text();
  }

  private boolean goes(String name, @Nullable SiteName site) {
    AlertChange change = change(name, site);
    return change != null && !change.raised();
  }

  private @Nullable AlertChange change(String name, @Nullable SiteName site) {
    List<AlertChange> changes =
        alerts.changes().stream()
            .filter(change -> change.name().equals(name))
            .filter(change -> site == null ? change.site() == null : site.equals(change.site()))
            .toList();
    assertThat(changes).hasSizeLessThan(2);
    return changes.isEmpty() ? null : changes.get(0);
  }
}
