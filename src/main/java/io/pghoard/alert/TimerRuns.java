// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the routes that run on schedule do: when each began, went on and ended, and how often in a
 * row it has failed. Durations are measured by a clock that nobody sets.
 */
public final class TimerRuns {
  private final Clock clock;
  private final LongSupplier nanos;
  private final Map<String, Runs> byRoute = new TreeMap<>();

  /**
   * Knows of none.
   *
   * @param nanos a clock that only goes forward, of this machine
   */
  public TimerRuns(Clock clock, LongSupplier nanos) {
    this.clock = clock;
    this.nanos = nanos;
  }

  /** The runs of one route since it was started. */
  private static final class Runs {
    private final TimerRoute route;
    private long moved;
    private int underWay;
    private boolean known;
    private int failures;
    private String failure = "";
    private @Nullable Instant failingSince;
    private long failingFrom;

    Runs(TimerRoute route, long now) {
      this.route = route;
      this.moved = now;
    }
  }

  /** A route runs from now on; what it did before it was stopped counts no more. */
  public synchronized void started(TimerRoute route) {
    byRoute.put(route.id(), new Runs(route, nanos.getAsLong()));
  }

  public synchronized void stopped(String id) {
    byRoute.remove(id);
  }

  public synchronized void begun(String id) {
    Runs runs = byRoute.get(id);
    if (runs != null) {
      runs.underWay++;
      runs.moved = nanos.getAsLong();
    }
  }

  /** A part of a run has begun or ended: long work goes on. */
  public synchronized void moved(@Nullable String id) {
    Runs runs = id == null ? null : byRoute.get(id);
    if (runs != null) {
      runs.moved = nanos.getAsLong();
    }
  }

  /**
   * A run has ended.
   *
   * @param failure why it failed, or null
   */
  public synchronized void ended(String id, @Nullable String failure) {
    Runs runs = byRoute.get(id);
    if (runs != null) {
      runs.underWay = Math.max(0, runs.underWay - 1);
      runs.moved = nanos.getAsLong();
      cameTo(runs, failure);
    }
  }

  /** What the route does was done elsewhere, and counts as a run of it. */
  public synchronized void cameTo(String id, @Nullable String failure) {
    Runs runs = byRoute.get(id);
    if (runs != null) {
      cameTo(runs, failure);
    }
  }

  private void cameTo(Runs runs, @Nullable String failure) {
    runs.known = true;
    if (failure == null) {
      runs.failures = 0;
      runs.failure = "";
      runs.failingSince = null;
      return;
    }
    if (runs.failures == 0) {
      runs.failingSince = clock.instant();
      runs.failingFrom = nanos.getAsLong();
    }
    runs.failures++;
    runs.failure = failure;
  }

  /** How each route stands, in the order of their ids. */
  public synchronized List<TimerState> states() {
    long now = nanos.getAsLong();
    return byRoute.values().stream()
        .map(
            runs ->
                new TimerState(
                    runs.route,
                    runs.known,
                    runs.failures,
                    runs.failure,
                    runs.failingSince,
                    Duration.ofNanos(runs.failures == 0 ? 0 : now - runs.failingFrom),
                    runs.underWay > 0,
                    Duration.ofNanos(now - runs.moved)))
        .toList();
  }
}
