// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.config.SiteName;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease of one site, as this daemon takes part in it.
 *
 * <p>Each change is a put of the next number, which one daemon alone succeeds with. As former
 * states are deleted, a daemon that was held up may put a number that is long past: so after each
 * put it looks whether its own is the newest.
 */
final class SiteLease {
  private static final Logger LOG = LoggerFactory.getLogger(SiteLease.class);

  private final SiteName site;
  private final SiteKeys keys;
  private final PghoardId self;
  private final Duration age;
  private final LongSupplier nanos;
  private @Nullable BaseBackupLease seen;
  private long seenSince;
  private long askedAt;
  private @Nullable BaseBackupLease held;

  /**
   * Not held.
   *
   * @param age after which a lease that was not renewed may be taken over
   * @param nanos a clock that only goes forward, of this machine
   */
  SiteLease(SiteName site, SiteKeys keys, PghoardId self, Duration age, LongSupplier nanos) {
    this.site = site;
    this.keys = keys;
    this.self = self;
    this.age = age;
    this.nanos = nanos;
  }

  /** Whose it is when it is another daemon's, as the repository says now; else null. */
  synchronized @Nullable PghoardId other(ObjectStore store) throws IOException {
    BaseBackupLease newest = look(store);
    return newest != null && isOthers(newest) ? newest.holder() : null;
  }

  /** The same, from memory when it was another daemon's within this time. */
  synchronized @Nullable PghoardId other(ObjectStore store, Duration memory) throws IOException {
    BaseBackupLease known = seen;
    return known != null && isOthers(known) && nanos.getAsLong() - askedAt < memory.toNanos()
        ? known.holder()
        : other(store);
  }

  private @Nullable BaseBackupLease look(ObjectStore store) throws IOException {
    BaseBackupLease newest = BaseBackupLease.newest(store, keys, seen);
    long now = nanos.getAsLong();
    askedAt = now;
    if (newest != null && !newest.equals(seen)) {
      seenSince = now;
    }
    seen = newest;
    return newest;
  }

  private boolean isOthers(BaseBackupLease lease) {
    return !lease.free()
        && !lease.holder().equals(self)
        && nanos.getAsLong() - seenSince < age.toNanos();
  }

  /**
   * Takes the lease, which is nobody's, this daemon's from before a restart, or was not renewed for
   * long.
   *
   * @throws BaseBackupElsewhereException when another daemon has it
   */
  synchronized void take(ObjectStore store) throws IOException {
    BaseBackupLease before = look(store);
    if (before != null && isOthers(before)) {
      throw new BaseBackupElsewhereException(site, before.holder());
    }
    if (before != null && !before.free() && !before.holder().equals(self)) {
      LOG.warn(
          "Site {}: {} has not renewed its lease for {} s, and this daemon takes it over",
          site,
          before.holder(),
          age.toSeconds());
    }
    put(store, before == null ? 1 : before.number() + 1, false);
  }

  /**
   * Keeps what was taken.
   *
   * @throws BaseBackupElsewhereException when another daemon has taken it over
   */
  synchronized void renew(ObjectStore store) throws IOException {
    BaseBackupLease mine = held;
    if (mine == null) {
      BaseBackupLease newest = look(store);
      throw new BaseBackupElsewhereException(site, newest == null ? self : newest.holder());
    }
    put(store, mine.number() + 1, false);
  }

  /** Gives back what was taken; what was lost stays so. */
  synchronized void release(ObjectStore store) throws IOException {
    BaseBackupLease mine = held;
    if (mine != null) {
      put(store, mine.number() + 1, true);
      held = null;
    }
  }

  private void put(ObjectStore store, long number, boolean free) throws IOException {
    BaseBackupLease next = new BaseBackupLease(number, self, free);
    try {
      next.put(store, keys);
    } catch (ObjectExistsException e) {
      // Perhaps by this daemon itself, in a try whose answer was lost.
      BaseBackupLease newest = look(store);
      if (newest != null && newest.holder().equals(self) && newest.number() == number) {
        next = newest;
      } else {
        throw lost(newest);
      }
    }
    BaseBackupLease newest = look(store);
    if (newest == null || newest.number() != number) {
      IOException lost = lost(newest);
      try {
        store.delete(keys.lease(number));
      } catch (IOException e) {
        lost.addSuppressed(e);
      }
      throw lost;
    }
    held = next;
    try {
      next.deleteFormer(store, keys);
    } catch (IOException e) {
      LOG.debug("Site {}: former states of the lease stay for now: {}", site, e.getMessage());
    }
  }

  private IOException lost(@Nullable BaseBackupLease newest) {
    held = null;
    return newest == null
        ? new IOException(
            "the lease of site %s was deleted from the repository while it was taken"
                .formatted(site))
        : new BaseBackupElsewhereException(site, newest.holder());
  }
}
