// SPDX-License-Identifier: Apache-2.0
package io.pghoard.lease;

import io.pghoard.config.SiteName;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongPredicate;
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
public final class SiteLease {
  private static final Logger LOG = LoggerFactory.getLogger(SiteLease.class);

  /** A renewal tries no more of them: where a store refuses deletes they pile up. */
  private static final int FORMER = 10;

  private final SiteName site;
  private final SiteKeys keys;
  private final PghoardId self;
  private final String process = UUID.randomUUID().toString();
  private final Duration age;
  private final LongSupplier nanos;
  private final Set<String> users = new HashSet<>();
  private @Nullable BaseBackupLease seen;
  private long seenSince;
  private long askedAt;
  private @Nullable BaseBackupLease held;
  private long heldSince;

  /**
   * Not held.
   *
   * @param age after which a lease that was not renewed may be taken over
   * @param nanos a clock that only goes forward, of this machine
   */
  public SiteLease(SiteName site, SiteKeys keys, PghoardId self, Duration age, LongSupplier nanos) {
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
   * Takes the lease, which is nobody's, this daemon's, or was not renewed for long.
   *
   * @param user what it is for; several of one daemon may have it at once
   * @throws BaseBackupElsewhereException when another daemon has it
   */
  public synchronized void take(ObjectStore store, String user) throws IOException {
    BaseBackupLease mine = held;
    if (mine != null) {
      put(store, mine.number() + 1, false);
      users.add(user);
      return;
    }
    BaseBackupLease before = look(store);
    if (before != null && isOthers(before)) {
      throw new BaseBackupElsewhereException(site, before.holder());
    }
    if (before != null && !before.free() && !before.holder().equals(self)) {
      LOG.warn(
          "Site {}: {} has not renewed its lease for {} s; this daemon takes it over",
          site,
          before.holder(),
          age.toSeconds());
    }
    users.add(user);
    try {
      put(store, before == null ? 1 : before.number() + 1, false);
    } finally {
      if (held == null) {
        users.clear();
      }
    }
    deleteFormer(store, number -> true);
  }

  /**
   * Keeps what was taken.
   *
   * @throws BaseBackupElsewhereException when another daemon has taken it over
   */
  public synchronized void renew(ObjectStore store, String user) throws IOException {
    BaseBackupLease mine = held;
    if (mine == null || !users.contains(user)) {
      // Lost before; another user of this daemon may have it again.
      BaseBackupLease newest = look(store);
      throw new BaseBackupElsewhereException(site, newest == null ? self : newest.holder());
    }
    put(store, mine.number() + 1, false);
    long least = mine.number() - FORMER;
    deleteFormer(store, number -> number > least);
  }

  /** Whether it was renewed so lately that nobody can have taken it over. */
  synchronized boolean isFresh(String user) {
    return users.contains(user) && nanos.getAsLong() - heldSince < age.dividedBy(2).toNanos();
  }

  /** Gives back what was taken; what was lost stays so. */
  synchronized void release(ObjectStore store, String user) throws IOException {
    BaseBackupLease mine = held;
    if (users.remove(user) && users.isEmpty() && mine != null) {
      put(store, mine.number() + 1, true);
      held = null;
      long least = mine.number() - FORMER;
      deleteFormer(store, number -> number > least);
    }
  }

  private void put(ObjectStore store, long number, boolean free) throws IOException {
    long begun = nanos.getAsLong();
    BaseBackupLease next = new BaseBackupLease(number, self, process, free);
    try {
      next.put(store, keys);
    } catch (ObjectExistsException e) {
      BaseBackupLease newest = look(store);
      if (newest == null || newest.number() != number || !newest.process().equals(process)) {
        throw lost(newest);
      }
      // Put by this daemon itself, in a try whose answer was lost.
      if (newest.free() != free) {
        put(store, number + 1, free);
        return;
      }
    }
    // Until another one is seen to be the newest: whatever fails now, it is to be given back.
    held = next;
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
    heldSince = begun;
  }

  private void deleteFormer(ObjectStore store, LongPredicate which) {
    BaseBackupLease newest = seen;
    try {
      if (newest != null) {
        newest.deleteFormer(store, keys, which);
      }
    } catch (IOException e) {
      LOG.debug("Site {}: old lease objects could not be deleted yet: {}", site, e.getMessage());
    }
  }

  private IOException lost(@Nullable BaseBackupLease newest) {
    held = null;
    users.clear();
    return newest == null
        ? new IOException(
            "the lease of site %s was deleted from the repository while it was being acquired"
                .formatted(site))
        : new BaseBackupElsewhereException(site, newest.holder());
  }
}
