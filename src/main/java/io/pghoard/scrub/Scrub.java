// SPDX-License-Identifier: Apache-2.0
package io.pghoard.scrub;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.DamageMarks;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import io.pghoard.scrub.ScrubbedObject.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads each stored object of each site once in {@code scrub_interval_days}, unasked, and marks in
 * the repository which of them are damaged or lost.
 *
 * <p>What is read: main objects, chunks, WAL and timeline history files. A run lasts a limited
 * time, and the next one goes on.
 */
public final class Scrub {
  private final Sites sites;
  private final Repositories repositories;
  private final Clock clock;
  private final LongSupplier nanos;
  private final Map<SiteName, SiteScrub> bySite = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  /**
   * @param nanos a clock that only goes forward, of this machine
   */
  public Scrub(Sites sites, Repositories repositories, Clock clock, LongSupplier nanos) {
    this.sites = sites;
    this.repositories = repositories;
    this.clock = clock;
    this.nanos = nanos;
  }

  /** Goes on from where a daemon was before: each object had its turn up to this moment. */
  public void restore(SiteName site, Instant until) {
    bySite.put(site, new SiteScrub(site, until));
  }

  /**
   * The objects whose turn it is, as long as this run may last.
   *
   * @param millis how long it may last; an object that is being read then is read to its end
   */
  public Iterator<ObjectKey> due(SiteName name, long millis) throws IOException {
    SiteConfig site = sites.get(name);
    Duration interval = site.scrubInterval();
    if (interval == null || Files.exists(sites.config().maintenanceModeFile())) {
      return Collections.emptyIterator();
    }
    SiteScrub scrub = of(name);
    if (!scrub.hasNext()) {
      ObjectStore store = repositories.of(name);
      SiteKeys keys = new SiteKeys(site.prefix());
      scrub.refill(
          new ScrubTurns(interval),
          clock.instant(),
          stored(store, keys),
          new DamageMarks(store, keys),
          keys);
    }
    return turns(scrub, nanos.getAsLong() + Duration.ofMillis(millis).toNanos());
  }

  private static Set<ObjectKey> stored(ObjectStore store, SiteKeys keys) throws IOException {
    Set<ObjectKey> stored = new HashSet<>();
    for (String prefix : List.of(keys.baseBackups(), keys.chunks(), keys.wal(), keys.timelines())) {
      stored.addAll(store.keys(prefix));
    }
    return stored;
  }

  private Iterator<ObjectKey> turns(SiteScrub scrub, long end) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !stopping && nanos.getAsLong() - end < 0 && scrub.hasNext();
      }

      @Override
      public ObjectKey next() {
        ObjectKey next = scrub.next();
        if (next == null) {
          throw new NoSuchElementException();
        }
        return next;
      }
    };
  }

  /** Begins to read one object. */
  public ScrubbedObject begin(SiteName site, ObjectKey key) throws IOException {
    return new ScrubbedObject(site, key, key.text().startsWith(keys(site).baseBackups()));
  }

  /** Looks from now on at what the store gives. */
  public ObjectContent opened(ScrubbedObject object, ObjectContent stored) {
    return object.open(stored);
  }

  /**
   * Reads an object to its end.
   *
   * @param plain decoded; is closed
   */
  public void read(ScrubbedObject object, ObjectContent plain) throws IOException {
    Outcome outcome = object.read(plain);
    of(object.site()).whole(object.key(), outcome.bytes(), marks(object.site()));
    if (!outcome.chunks().isEmpty()) {
      requireChunks(object, outcome.chunks());
    }
  }

  private void requireChunks(ScrubbedObject main, List<BaseBackupObject.Chunk> chunks)
      throws IOException {
    SiteKeys keys = keys(main.site());
    ObjectStore store = repositories.of(main.site());
    String backup = String.valueOf(keys.baseBackupOf(main.key()));
    Set<ObjectKey> stored = new HashSet<>(store.keys(keys.chunks(backup)));
    for (BaseBackupObject.Chunk chunk : chunks) {
      ObjectKey key = new ObjectKey(keys.chunks() + chunk.fileName());
      // A base backup that goes loses its main object first.
      if (!stored.contains(key) && store.keys(main.key().text()).contains(main.key())) {
        of(main.site()).damaged(key, main.key(), "it is not in the repository", marks(main.site()));
      }
    }
  }

  /** Finds out what it means that an object could not be read. */
  public void failed(ScrubbedObject object, Throwable failure) throws IOException {
    SiteScrub scrub = of(object.site());
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ObjectMissingException) {
        scrub.gone(object.key());
        return;
      }
    }
    String damage = object.damage(failure);
    if (damage != null) {
      scrub.damaged(object.key(), object.key(), damage, marks(object.site()));
    } else {
      scrub.unread(object.key(), String.valueOf(failure.getMessage()), marks(object.site()));
    }
  }

  /**
   * Ends a run.
   *
   * @throws IOException when an object could not be read; it will be, with the next run
   */
  public void ended(SiteName site) throws IOException {
    String failure = of(site).ended();
    if (failure != null) {
      throw new IOException(failure);
    }
  }

  /** How far it is, or null for a site that is not read. */
  public @Nullable ScrubProgress progress(SiteConfig site) {
    return site.scrubInterval() == null ? null : of(site.name()).progress();
  }

  /** What is marked, as the last run has seen it. */
  public List<ObjectKey> damaged(SiteName site) {
    return of(site).marked();
  }

  /** Why an object is marked. */
  public String reason(SiteName site, ObjectKey object) throws IOException {
    return marks(site).reason(object);
  }

  /** Lets the run that is under way end with the object that it reads. */
  public void stop() {
    stopping = true;
  }

  private SiteScrub of(SiteName site) {
    return bySite.computeIfAbsent(site, name -> new SiteScrub(name, clock.instant()));
  }

  private SiteKeys keys(SiteName site) throws IOException {
    return new SiteKeys(sites.get(site).prefix());
  }

  private DamageMarks marks(SiteName site) throws IOException {
    return new DamageMarks(repositories.of(site), keys(site));
  }
}
