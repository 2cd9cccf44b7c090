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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
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
  /** So many missing chunks of a base backup are marked: one is enough not to restore it. */
  private static final int MOST_MISSING = 100;

  private final Sites sites;
  private final Repositories repositories;
  private final Clock clock;
  private final LongSupplier nanos;
  private final Map<String, SiteScrub> byPrefix = new ConcurrentHashMap<>();
  private final Set<SiteName> paused = ConcurrentHashMap.newKeySet();
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
  public void restore(SiteConfig site, Instant until) {
    byPrefix.put(site.prefix(), new SiteScrub(site.name(), until));
  }

  /**
   * The objects that are to be read, as long as this run may last: those whose turn it is, and
   * those that are read again as they looked damaged, are marked, or could not be read.
   *
   * @param millis how long it may last; an object that is being read then is read to its end
   */
  public Iterator<ObjectKey> due(SiteName name, long millis) throws IOException {
    SiteConfig site = sites.get(name);
    if (ends(name) || sites.config().inMaintenance()) {
      return Collections.emptyIterator();
    }
    Duration interval = site.scrubInterval();
    SiteScrub scrub = of(site);
    ObjectStore store = repositories.of(name);
    SiteKeys keys = new SiteKeys(site.prefix());
    DamageMarks marks = new DamageMarks(store, keys);
    // First the marks: what is marked after the list of objects was made may be missing there.
    Set<ObjectKey> marked = marks.objects();
    // Without an interval only what was marked before is looked after.
    boolean needless = interval == null && marked.isEmpty();
    scrub.refill(
        interval == null ? null : new ScrubTurns(interval),
        clock.instant(),
        needless ? Set.of() : stored(store, keys),
        marked,
        marks);
    return turns(name, scrub, nanos.getAsLong() + Duration.ofMillis(millis).toNanos());
  }

  private static Set<ObjectKey> stored(ObjectStore store, SiteKeys keys) throws IOException {
    Set<ObjectKey> stored = new HashSet<>();
    List<String> read =
        List.of(keys.baseBackups(), keys.chunks(), keys.wal(), keys.otherWal(), keys.timelines());
    for (String prefix : read) {
      stored.addAll(store.keys(prefix));
    }
    return stored;
  }

  private Iterator<ObjectKey> turns(SiteName site, SiteScrub scrub, long end) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !ends(site) && nanos.getAsLong() - end < 0 && scrub.hasNext();
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
    boolean main = key.text().startsWith(keys(site).baseBackups());
    return new ScrubbedObject(site, key, main, () -> ends(site));
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
    Set<ObjectKey> missing = new LinkedHashSet<>();
    for (BaseBackupObject.Chunk chunk : chunks) {
      ObjectKey key = new ObjectKey(keys.chunks() + chunk.fileName());
      if (!stored.contains(key) && missing.size() < MOST_MISSING) {
        missing.add(key);
      }
    }
    for (ObjectKey key : missing) {
      // A base backup that is deleted loses its main object first.
      if (!store.keys(main.key().text()).contains(main.key())) {
        return;
      }
      of(main.site()).damaged(key, main.key(), "it is not in the repository", marks(main.site()));
    }
  }

  /**
   * Marks an object that was found damaged outside of a run.
   *
   * @param ofContent whether its bytes are as they were put
   */
  public void mark(SiteName site, ObjectKey key, String why, boolean ofContent) throws IOException {
    DamageMarks marks = marks(site);
    if (ofContent) {
      marks.markContent(key, why);
    } else {
      marks.mark(key, why);
    }
    of(site).found(key);
  }

  /** Removes the mark of an object that was found whole outside of a run. */
  public void mended(SiteName site, ObjectKey key) throws IOException {
    of(site).mended(key, marks(site));
  }

  /** Finds out what it means that an object could not be read. */
  public void failed(ScrubbedObject object, Throwable failure) throws IOException {
    object.close();
    SiteScrub scrub = of(object.site());
    if (object.cut()) {
      scrub.postponed(object.key());
      return;
    }
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
      scrub.unread(object.key(), String.valueOf(failure.getMessage()));
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
    return site.scrubInterval() == null ? null : of(site).progress();
  }

  /** Whether it is known yet what is marked. */
  public boolean isKnown(SiteName site) throws IOException {
    return of(site).isKnown();
  }

  /** What is marked, as the last run has seen it, in the order of keys. */
  public List<ObjectKey> damaged(SiteName site) throws IOException {
    return List.copyOf(of(site).marked());
  }

  /** What could not be read in several runs, and why; it may be whole. */
  public Map<ObjectKey, String> unreadable(SiteName site) throws IOException {
    return of(site).unreadable();
  }

  /** Why an object is marked. */
  public String reason(SiteName site, ObjectKey object) throws IOException {
    try {
      return marks(site).reason(object);
    } catch (ObjectMissingException e) {
      return "its mark was deleted";
    }
  }

  /** Ends the run of a site that is under way, and lets none begin. */
  public void pause(SiteName site) {
    paused.add(site);
  }

  /** Lets runs of a site begin again. */
  public void resume(SiteName site) {
    paused.remove(site);
  }

  /** Ends the runs that are under way. */
  public void stop() {
    stopping = true;
  }

  private boolean ends(SiteName site) {
    return stopping || paused.contains(site);
  }

  private SiteScrub of(SiteName site) throws IOException {
    return of(sites.get(site));
  }

  /** Of the same keys: with another prefix a site has other objects. */
  private SiteScrub of(SiteConfig site) {
    return byPrefix.computeIfAbsent(
        site.prefix(), prefix -> new SiteScrub(site.name(), clock.instant()));
  }

  private SiteKeys keys(SiteName site) throws IOException {
    return new SiteKeys(sites.get(site).prefix());
  }

  private DamageMarks marks(SiteName site) throws IOException {
    return new DamageMarks(repositories.of(site), keys(site));
  }
}
