// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of files that it stored, or could not store, since it started; so that
 * neither is done over and over for a file that did not change.
 */
final class WalMemory {
  // Some 200 bytes each. More files than this are .ready only when archiving stood still for long.
  private static final int LIMIT = 20_000;

  private record Known(WalSource source, boolean stored, Instant retry, boolean conflict) {}

  private final Map<WalOffer.Name, Known> known = new LinkedHashMap<>();
  private final Clock clock;

  WalMemory(Clock clock) {
    this.clock = clock;
  }

  synchronized void stored(WalOffer.Name name, WalSource source) {
    remember(name, new Known(source, true, Instant.MAX, false));
  }

  synchronized void failed(WalOffer.Name name, WalSource source, Duration pause, boolean conflict) {
    remember(name, new Known(source, false, clock.instant().plus(pause), conflict));
  }

  private void remember(WalOffer.Name name, Known what) {
    known.remove(name);
    known.put(name, what);
    if (known.size() > LIMIT) {
      known.remove(known.keySet().iterator().next());
    }
  }

  synchronized boolean isStored(WalOffer.Name name, WalSource source) {
    Known last = known.get(name);
    return last != null && last.stored() && last.source().equals(source);
  }

  /** True when another file is stored under this one's name. */
  synchronized boolean isConflict(WalOffer.Name name, WalSource source) {
    Known last = known.get(name);
    return last != null && last.conflict() && last.source().equals(source);
  }

  /** True when there is nothing to be gained by trying this file now. */
  synchronized boolean isSettled(WalOffer.Name name, @Nullable WalSource source) {
    Known last = known.get(name);
    return last != null && last.source().equals(source) && clock.instant().isBefore(last.retry());
  }
}
