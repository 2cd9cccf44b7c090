// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import io.pghoard.config.SiteName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the runs of the routes that run on schedule mean for alerts. */
public final class TimerAlerts {
  static final String RETENTION = "retention_failed";
  static final String STATE_FILE = "state_file_not_written";
  static final String FAILED = "route_failed";
  static final String STILL = "route_stands_still";

  /** The first may be a passing fault. */
  private static final int AGAIN = 2;

  /** A route that runs every second has failed twice soon. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final int PERIODS = 5;
  private static final Duration LEAST_PAUSE = Duration.ofMinutes(10);

  /** A run that takes so long to begin with is not one that fails. */
  private static final Duration BEGINNING = Duration.ofMinutes(1);

  private final TimerRuns runs;
  private final Duration longestStep;

  /**
   * Judges these runs.
   *
   * @param longestStep for which a run may be under way and nothing of it begin or end
   */
  public TimerAlerts(TimerRuns runs, Duration longestStep) {
    this.runs = runs;
    this.longestStep = longestStep;
  }

  /** What there is to raise and to clear. */
  List<AlertChange> changes() {
    List<TimerState> states = runs.states();
    Set<@Nullable SiteName> sites = new HashSet<>();
    states.forEach(state -> sites.add(state.route().site()));
    List<AlertChange> changes = new ArrayList<>();
    for (SiteName site : sites) {
      List<TimerState> ofSite =
          states.stream().filter(state -> Objects.equals(state.route().site(), site)).toList();
      add(changes, failed(RETENTION, site, ofSite, TimerAlerts::isRetention));
      add(changes, stateFile(site, ofSite));
      add(
          changes,
          failed(FAILED, site, ofSite, state -> !isRetention(state) && !isStateFile(state)));
      add(changes, still(site, ofSite));
    }
    return changes;
  }

  /** What stands still, a line each, for whom a look at an alert file would take too long. */
  List<String> still() {
    return runs.states().stream().filter(this::isStill).map(TimerAlerts::stillText).toList();
  }

  private static void add(List<AlertChange> changes, @Nullable AlertChange change) {
    if (change != null) {
      changes.add(change);
    }
  }

  private static boolean isRetention(TimerState state) {
    return state.route().isOf("site-retention-schedule");
  }

  private static boolean isStateFile(TimerState state) {
    return state.route().id().equals("state-write");
  }

  private static @Nullable AlertChange failed(
      String name, @Nullable SiteName site, List<TimerState> all, Predicate<TimerState> which) {
    List<TimerState> routes = all.stream().filter(which).toList();
    List<String> lines =
        routes.stream().filter(TimerAlerts::isFailing).map(TimerAlerts::failedText).toList();
    if (!lines.isEmpty()) {
      return new AlertChange(name, site, String.join("\n", lines));
    }
    return !routes.isEmpty() && routes.stream().allMatch(TimerAlerts::works)
        ? AlertChange.gone(name, site)
        : null;
  }

  private @Nullable AlertChange stateFile(@Nullable SiteName site, List<TimerState> all) {
    return all.stream()
        .filter(TimerAlerts::isStateFile)
        .filter(this::isStill)
        .findFirst()
        .map(state -> new AlertChange(STATE_FILE, site, stillText(state)))
        .orElseGet(() -> failed(STATE_FILE, site, all, TimerAlerts::isStateFile));
  }

  private AlertChange still(@Nullable SiteName site, List<TimerState> all) {
    List<String> lines =
        all.stream()
            .filter(state -> !isStateFile(state))
            .filter(this::isStill)
            .map(TimerAlerts::stillText)
            .toList();
    return lines.isEmpty()
        ? AlertChange.gone(STILL, site)
        : new AlertChange(STILL, site, String.join("\n", lines));
  }

  private static boolean isFailing(TimerState state) {
    return state.failures() >= AGAIN
        && (isRetention(state) || state.failingFor().compareTo(PATIENCE) >= 0);
  }

  /** Whether it can be said that it does not fail. */
  private static boolean works(TimerState state) {
    return state.known()
        ? state.failures() == 0
        : state.underWay() && state.quiet().compareTo(BEGINNING) >= 0;
  }

  private boolean isStill(TimerState state) {
    if (state.underWay()) {
      return state.quiet().compareTo(longestStep) >= 0;
    }
    Duration period = state.route().period();
    if (period == null) {
      return false;
    }
    Duration pause = period.multipliedBy(PERIODS);
    Duration patience = pause.compareTo(LEAST_PAUSE) < 0 ? LEAST_PAUSE : pause;
    return state.quiet().compareTo(patience.plus(state.route().delay())) >= 0;
  }

  private static String failedText(TimerState state) {
    if (isRetention(state)) {
      return """
      retention has failed again and again since %s: %s
      what is not to be kept any more stays in the repository until it works; see what it complains of: \
      it is tried again by itself"""
          .formatted(state.failingSince(), state.failure());
    }
    if (isStateFile(state)) {
      return """
      the state file has not been written since %s: %s
      who reads it sees an old state, as GET /status does not; see that there is room, and that json_state_file_path \
      may be written"""
          .formatted(state.failingSince(), state.failure());
    }
    return """
    %s has failed again and again since %s: %s
    what it does is not done: %s
    see what it complains of; it is tried again by itself"""
        .formatted(
            state.route().id(), state.failingSince(), state.failure(), state.route().description());
  }

  private static String stillText(TimerState state) {
    String since = "%d minutes".formatted(state.quiet().toMinutes());
    return state.underWay()
        ? """
        %s has run for long and made no step for %s
        what it does is not done: %s
        see whether a disk, a store or a server hangs that it uses; if none does, restart pghoard"""
            .formatted(state.route().id(), since, state.route().description())
        : """
        %s runs every %d s and has not run for %s
        what it does is not done: %s
        restart pghoard"""
            .formatted(
                state.route().id(),
                Objects.requireNonNull(state.route().period()).toSeconds(),
                since,
                state.route().description());
  }
}
