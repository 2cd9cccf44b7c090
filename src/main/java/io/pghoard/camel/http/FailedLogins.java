// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The failed logins of each address: from the second on each is answered later, up to some seconds,
 * and the log tells of them, a line a minute for each of a few addresses.
 */
public final class FailedLogins {
  private static final Logger LOG = LoggerFactory.getLogger(FailedLogins.class);

  private static final int ADDRESSES = 1000;
  private static final int LINES = 10;
  private static final long LONGEST = 8000;
  private static final long FIRST = 250;
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();
  private static final long FORGIVEN = Duration.ofMinutes(10).toNanos();

  private final LongSupplier nanoTime;
  private final Map<String, Failures> byAddress =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > ADDRESSES;
        }
      };

  private long minute;
  private int lines;
  private long untold;
  private long total;

  private static final class Failures {
    private int count;
    private long last;
    private long told;
  }

  public FailedLogins(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.minute = nanoTime.getAsLong();
  }

  /** Counts one, and gives the milliseconds after which it is to be answered. */
  synchronized long failed(String address, String asked) {
    long now = nanoTime.getAsLong();
    Failures failures = byAddress.computeIfAbsent(address, key -> new Failures());
    if (failures.count > 0 && now - failures.last > FORGIVEN) {
      failures.count = 0;
    }
    failures.count++;
    failures.last = now;
    total++;
    tell(failures, now, address, asked);
    return Math.min(LONGEST, FIRST << Math.min(failures.count - 1, 10));
  }

  /** How many there were since the start. */
  synchronized long total() {
    return total;
  }

  private void tell(Failures failures, long now, String address, String asked) {
    if (now - minute > MINUTE) {
      minute = now;
      lines = 0;
    }
    boolean due = failures.count == 1 || now - failures.told > MINUTE;
    if (!due || lines >= LINES) {
      untold++;
      return;
    }
    lines++;
    failures.told = now;
    LOG.warn(
        "HTTP login failed from {} ({}): {} in a row from there, {} in all since the start, {} not logged since the last such line",
        address,
        asked,
        failures.count,
        total,
        untold);
    untold = 0;
  }
}
