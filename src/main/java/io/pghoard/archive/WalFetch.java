// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pghoard.config.FileFailure;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalFileName.Kind;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.recovery.TimelineTrees;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out of the archive: what a restore asks for, and what it will ask for next.
 *
 * <p>A request is opened, filled by {@link #receive} if it is {@link WalRequest#needed}, and
 * closed; a look-ahead the same, but its file is kept for the request to come.
 */
public final class WalFetch {
  private static final Logger LOG = LoggerFactory.getLogger(WalFetch.class);

  /** How much plain WAL is fetched ahead at most, unless one segment alone is more: 512 MiB. */
  private static final long MOST_AHEAD = 512L << 20;

  /** One name of one site. */
  private record Ahead(SiteName site, WalFileName name) {}

  private final Sites sites;
  private final Repositories repositories;
  private final Duration patience;
  private final TimelineTrees trees = new TimelineTrees();
  private final BreakGuard breaks = new BreakGuard();
  private final Map<SiteName, PrefetchSpool> spools = new HashMap<>();
  private final Map<Ahead, WalRequest> underWay = new ConcurrentHashMap<>();

  /** Of what was asked for last: what is fetched ahead of it is no larger. */
  private final Map<SiteName, WalSegmentSize> segmentSizes = new ConcurrentHashMap<>();

  /**
   * A way out with nothing fetched ahead.
   *
   * @param patience how long a request waits for the look-ahead that fetches its file
   */
  public WalFetch(Sites sites, Repositories repositories, Duration patience) {
    this.sites = sites;
    this.repositories = repositories;
    this.patience = patience;
  }

  /**
   * Opens a request, which is ready at once when its file was fetched ahead.
   *
   * @param restartPoint the file from which the recovery would start anew, as %r of restore_command
   *     tells it, or null
   * @throws WalGapException when the recovery cannot pass into this file
   */
  public WalRequest open(SiteName site, WalFileName name, @Nullable String restartPoint)
      throws IOException {
    breaks.require(sites.get(site), repositories.of(site), name, restartPoint);
    WalRequest request = request(site, name);
    WalRequest ahead = underWay.get(new Ahead(site, name));
    if (ahead != null) {
      await(ahead);
    }
    spool(site).take(name).ifPresent(request::fill);
    return request;
  }

  /** Opens a look-ahead, which is not needed when its file is there or on its way. */
  public WalRequest openAhead(SiteName site, WalFileName name) throws IOException {
    WalRequest request = request(site, name);
    request.markAhead(segmentSizes.get(site));
    if (spool(site).holds(name) || underWay.putIfAbsent(new Ahead(site, name), request) != null) {
      request.markNeedless();
    }
    return request;
  }

  /**
   * Writes the object's plain content into the spool and checks it against its metadata and its
   * name; closes {@code plain}.
   *
   * @throws IOException when it is not what was archived, or could not be read or written
   */
  public FetchedWal receive(WalRequest request, ObjectContent plain) throws IOException {
    WalIncoming incoming = new WalIncoming(request, sites.config().hashAlgorithm());
    FetchedWal file = incoming.write(plain, spool(request.site()).create(request.name()));
    request.fill(file);
    LOG.debug(
        "Site {}: read {} from the repository{}, {} bytes in {} ms",
        request.site(),
        request.name(),
        request.ahead() ? " ahead of the request" : "",
        file.size(),
        request.age());
    return file;
  }

  /**
   * Finds out what it means that a request's object is not there. Of a look-ahead it means nothing:
   * the request to come, if it comes, finds out.
   *
   * @throws WalAbsentException when the archive ends before it
   * @throws WalGapException when the archive goes on after it
   * @throws IOException when it could not be found out
   */
  public void missing(WalRequest request) throws IOException {
    if (request.ahead()) {
      return;
    }
    SiteConfig site = sites.get(request.site());
    new WalAbsence(trees, site, repositories.of(site.name())).explain(request);
  }

  /**
   * What is kept beside a stored file.
   *
   * @throws io.pghoard.repository.ObjectMissingException when it is not there
   */
  public Map<String, String> metadata(SiteName site, WalFileName name) throws IOException {
    ObjectKey key = new SiteKeys(sites.get(site).prefix()).wal(name);
    try (ObjectContent stored = repositories.of(site).get(key)) {
      return stored.metadata();
    }
  }

  /** What will be asked for after this request: the next segments, none fetched or under way. */
  public List<WalFileName> ahead(WalRequest request) throws IOException {
    WalSegmentSize size = request.fetched().segmentSize();
    if (request.name().kind() != Kind.SEGMENT || size == null) {
      return List.of();
    }
    segmentSizes.put(request.site(), size);
    List<WalFileName> names = new ArrayList<>();
    WalSegmentName segment = request.name().segment();
    for (long left = depth(size); left > 0; left--) {
      segment = segment.next(size);
      WalFileName name = WalFileName.parse(segment.toString());
      if (!spool(request.site()).holds(name)
          && !underWay.containsKey(new Ahead(request.site(), name))) {
        names.add(name);
      }
    }
    return names;
  }

  private long depth(WalSegmentSize size) {
    long most = Math.max(1, MOST_AHEAD / size.bytes());
    return Math.min(sites.config().restorePrefetch(), most);
  }

  /** Ends a look-ahead; its file, if it came, is kept for the request that will ask for it. */
  public void closeAhead(WalRequest request) throws IOException {
    try {
      if (request.ready()) {
        FetchedWal file = request.fetched();
        // Twice the depth: a restore that went back and asks again finds its own files still.
        WalSegmentSize size = file.segmentSize();
        long limit = size == null ? 1 : 2 * Math.max(1, depth(size));
        spool(request.site()).keep(file, (int) limit);
      }
    } finally {
      underWay.remove(new Ahead(request.site(), request.name()), request);
      request.turn().complete(null);
    }
  }

  private WalRequest request(SiteName site, WalFileName name) throws IOException {
    return new WalRequest(site, name, new SiteKeys(sites.get(site).prefix()).wal(name));
  }

  private void await(WalRequest ahead) throws IOException {
    try {
      ahead.turn().get(patience.toNanos(), NANOSECONDS);
    } catch (TimeoutException e) {
      // The request then reads the repository itself, and meets what held the look-ahead up.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while " + ahead.name() + " was being fetched");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a turn is only ever completed with null", e);
    }
  }

  private PrefetchSpool spool(SiteName name) throws IOException {
    SiteConfig site = sites.get(name);
    try {
      synchronized (spools) {
        PrefetchSpool spool = spools.get(name);
        if (spool == null) {
          Path location = sites.config().backupLocation();
          spool = new PrefetchSpool(location.resolve(site.prefix()).resolve("prefetch"));
          spools.put(name, spool);
        }
        return spool;
      }
    } catch (IOException e) {
      throw new IOException(
          "cannot use the spool of site " + name + ": " + FileFailure.reason(e), e);
    }
  }
}
