// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the routes that run on schedule last complained of, so that the log is not full of it. */
public final class Repetitions {
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final Clock clock;
  private final Map<String, Told> last = new ConcurrentHashMap<>();

  private record Told(String message, Instant time) {}

  public Repetitions(Clock clock) {
    this.clock = clock;
  }

  /** Whether a route's complaint is to be told: it is another one, or a minute has passed. */
  public synchronized boolean tells(String route, @Nullable String message) {
    Told told = new Told(Objects.requireNonNullElse(message, ""), clock.instant());
    Told before = last.get(route);
    if (before != null
        && before.message().equals(told.message())
        && told.time().isBefore(before.time().plus(PAUSE))) {
      return false;
    }
    last.put(route, told);
    return true;
  }

  /** What a route last complained of; empty when it did not. */
  public String lastOf(String route) {
    Told told = last.get(route);
    return told == null ? "" : told.message();
  }
}
