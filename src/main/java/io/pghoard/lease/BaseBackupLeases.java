// SPDX-License-Identifier: Apache-2.0
package io.pghoard.lease;

import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.config.UnknownSiteException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who takes the base backups of each site, of all daemons on all machines that back up into one
 * repository: a lease there, which is renewed while a base backup is taken. No clocks are compared:
 * a daemon waits as long by its own, and takes over what has not changed meanwhile.
 */
public final class BaseBackupLeases {
  private static final Logger LOG = LoggerFactory.getLogger(BaseBackupLeases.class);

  private final Sites sites;
  private final Repositories repositories;
  private final String host;
  private final Duration period;
  private final Duration age;
  private final LongSupplier nanos;
  private final Map<Place, SiteLease> leases = new ConcurrentHashMap<>();
  private final Map<SiteName, PghoardId> told = new ConcurrentHashMap<>();
  private @Nullable PghoardId self;

  private record Place(SiteName site, SiteKeys keys) {}

  /**
   * Has none yet.
   *
   * @param host this machine's name
   * @param period between two renewals
   * @param age after which a lease that was not renewed may be taken over, several periods
   * @param nanos a clock that only goes forward, of this machine
   */
  public BaseBackupLeases(
      Sites sites,
      Repositories repositories,
      String host,
      Duration period,
      Duration age,
      LongSupplier nanos) {
    this.sites = sites;
    this.repositories = repositories;
    this.host = host;
    this.period = period;
    this.age = age;
    this.nanos = nanos;
  }

  /** Whether another daemon has the site's; asked of the repository once a period. */
  public boolean isElsewhere(SiteName site) throws IOException {
    PghoardId other = lease(site, keys(site)).other(store(site), period);
    if (other == null) {
      told.remove(site);
    } else if (!other.equals(told.put(site, other))) {
      LOG.info(
          "Site {}: a base backup is due and waits until {} has finished the one it is taking",
          site,
          other);
    }
    return other != null;
  }

  /**
   * Takes the site's.
   *
   * @param user what it is for; several of this daemon may have it at once
   * @throws BaseBackupElsewhereException when another daemon has it
   */
  public void take(SiteName site, SiteKeys keys, String user) throws IOException {
    lease(site, keys).take(store(site), user);
  }

  /**
   * Keeps it.
   *
   * @throws BaseBackupElsewhereException when another daemon has taken it over
   */
  public void renew(SiteName site, SiteKeys keys, String user) throws IOException {
    lease(site, keys).renew(store(site), user);
  }

  /**
   * Makes sure that it was not taken over, after what it was held for is stored whole: a store that
   * fails just now is no reason to give that up, when nobody can have taken over since the last
   * renewal.
   *
   * @throws BaseBackupElsewhereException when another daemon has it
   * @throws IOException when nobody knows
   */
  public void confirm(SiteName site, SiteKeys keys, String user) throws IOException {
    try {
      renew(site, keys, user);
    } catch (BaseBackupElsewhereException e) {
      throw e;
    } catch (IOException e) {
      if (!lease(site, keys).isFresh(user)) {
        throw e;
      }
    }
  }

  /** Gives it back; when that cannot be, other daemons wait until it is old. */
  public void release(SiteName site, SiteKeys keys, String user) {
    try {
      lease(site, keys).release(store(site), user);
    } catch (BaseBackupElsewhereException e) {
      // Lost already, and nothing to give back.
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "Site {}: the base backup lease could not be released, so another daemon has to wait {} s: {}",
          site,
          age.toSeconds(),
          e.getMessage());
    }
  }

  private SiteKeys keys(SiteName site) throws UnknownSiteException {
    return new SiteKeys(sites.get(site).prefix());
  }

  private ObjectStore store(SiteName site) {
    return repositories.of(site);
  }

  private SiteLease lease(SiteName site, SiteKeys keys) throws IOException {
    PghoardId id = self();
    return leases.computeIfAbsent(
        new Place(site, keys), place -> new SiteLease(site, keys, id, age, nanos));
  }

  /** Made when it is needed: a restore needs none, and may not be allowed to write there. */
  private synchronized PghoardId self() throws IOException {
    PghoardId known = self;
    if (known == null) {
      known = PghoardId.of(sites.config().backupLocation(), host);
      self = known;
    }
    return known;
  }
}
