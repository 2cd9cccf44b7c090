// SPDX-License-Identifier: Apache-2.0
package io.pghoard.verify;

import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.config.UnknownSiteException;
import io.pghoard.restore.RestoreRefusedException;
import io.pghoard.restore.UnknownRestoreException;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** The verifications that were asked for over HTTP: those that run, and the last that ended. */
public final class Verifications {
  private static final int KEPT = 100;

  private final Sites sites;
  private final Clock clock;
  private final Deque<VerifyRun> runs = new ArrayDeque<>();
  private long count;

  public Verifications(Sites sites, Clock clock) {
    this.sites = sites;
    this.clock = clock;
  }

  /**
   * Registers a verification, which the caller then runs; one of a site at a time.
   *
   * @throws IllegalArgumentException when the request is none
   */
  public synchronized VerifyRun start(SiteName name, Map<String, ?> words) throws IOException {
    sites.get(name);
    VerifyRequest request = VerifyRequest.parse(name, words);
    for (VerifyRun run : runs) {
      if (run.site().equals(name) && !run.ended()) {
        throw new RestoreRefusedException(
            "verification %s of the site is in progress; wait until it has ended"
                .formatted(run.id()));
      }
    }
    count++;
    VerifyRun run = new VerifyRun(clock.instant().getEpochSecond() + "-" + count, request, clock);
    runs.addLast(run);
    // Of sites that run there are few; the oldest has ended.
    while (runs.size() > KEPT && runs.getFirst().ended()) {
      runs.removeFirst();
    }
    return run;
  }

  /** The verifications of a site, newest last. */
  public synchronized List<VerifyRun> of(SiteName site) throws UnknownSiteException {
    sites.get(site);
    return runs.stream().filter(run -> run.site().equals(site)).toList();
  }

  /**
   * Finds a verification.
   *
   * @throws UnknownRestoreException when the site has none of this id, or no longer
   */
  public VerifyRun get(SiteName site, String id) throws IOException {
    return of(site).stream()
        .filter(run -> run.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new UnknownRestoreException("verification", site, id));
  }
}
