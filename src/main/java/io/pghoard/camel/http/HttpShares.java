// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Gives each site its share of the threads that serve requests, so that a site whose store hangs
 * does not hold up the others: one share to archive WAL, one to fetch it, one to send base backups
 * and what they consist of, and one for all else. Who finds the share used up waits a while,
 * without a thread.
 */
public final class HttpShares implements Handler<RoutingContext> {
  /** Threads, which are made when they are needed. */
  static final int WORKERS = 256;

  /** Of them, what is not given to sites: 16 for health, 16 for all that concerns no site. */
  private static final int KEPT = 32;

  private static final int MOST_WAITING = 64;
  private static final Set<String> WAL = Set.of("archive", "xlog", "timeline");
  private static final String LEAVE = HttpShares.class.getName();

  private final Sites sites;
  private final long waitMillis;
  private final Map<Place, Share> shares = new ConcurrentHashMap<>();

  /** What a request is for; {@link Kind#most} of each are served at once. */
  private enum Kind {
    ARCHIVE(4),
    FETCH(8),
    BASE_BACKUP(8),
    OTHER(4),
    DAEMON(16),
    HEALTH(16);

    final int most;

    Kind(int most) {
      this.most = most;
    }
  }

  private record Place(String site, Kind kind) {}

  /**
   * Shares of the sites in force.
   *
   * @param waitMillis how long a request waits for a free thread
   */
  public HttpShares(Sites sites, long waitMillis) {
    this.sites = sites;
    this.waitMillis = waitMillis;
  }

  @Override
  public void handle(RoutingContext request) {
    forgetSitesThatAreGone();
    shares.computeIfAbsent(place(request), Share::new).enter(request);
  }

  /** The request has come to its end, in whichever way. */
  static void leave(RoutingContext request) {
    Runnable leave = request.get(LEAVE);
    if (leave != null) {
      leave.run();
    }
  }

  private Place place(RoutingContext request) {
    String[] parts = request.normalizedPath().split("/", 4);
    String first = parts.length > 1 ? parts[1] : "";
    String second = parts.length > 2 ? parts[2] : "";
    if (!known().contains(first)) {
      return new Place("", first.equals("health") ? Kind.HEALTH : Kind.DAEMON);
    }
    if (!WAL.contains(second)) {
      return new Place(first, isSent(parts, second) ? Kind.BASE_BACKUP : Kind.OTHER);
    }
    boolean put = request.request().method().equals(HttpMethod.PUT);
    return new Place(first, put ? Kind.ARCHIVE : Kind.FETCH);
  }

  /** Whether the answer may be as large as a base backup. */
  private static boolean isSent(String[] parts, String second) {
    return parts.length > 3
        && (second.equals("basebackup")
            || (second.equals("stored") && parts[3].startsWith("object/")));
  }

  private Set<String> known() {
    return sites.config().sites().keySet().stream()
        .map(SiteName::text)
        .collect(Collectors.toUnmodifiableSet());
  }

  private void forgetSitesThatAreGone() {
    Set<String> known = known();
    shares
        .values()
        .removeIf(
            share ->
                !share.place.site().isEmpty()
                    && !known.contains(share.place.site())
                    && share.isIdle());
  }

  /** All sites together do not have more than the threads that there are. */
  private int most(Kind kind) {
    if (kind == Kind.DAEMON || kind == Kind.HEALTH) {
      return kind.most;
    }
    int each = Kind.ARCHIVE.most + Kind.FETCH.most + Kind.BASE_BACKUP.most + Kind.OTHER.most;
    int wanted = each * Math.max(1, sites.config().sites().size());
    return Math.max(1, Math.min(kind.most, kind.most * (WORKERS - KEPT) / wanted));
  }

  private final class Share {
    private final Place place;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int served;

    Share(Place place) {
      this.place = place;
    }

    synchronized boolean isIdle() {
      return served == 0 && waiting.isEmpty();
    }

    void enter(RoutingContext request) {
      Context context = request.vertx().getOrCreateContext();
      AtomicBoolean begun = new AtomicBoolean();
      Runnable turn =
          () -> {
            if (!begun.compareAndSet(false, true)) {
              left();
              return;
            }
            // What reads the body is attached by the next handlers, before it flows again.
            context.runOnContext(
                go -> {
                  serve(request);
                  request.request().resume();
                });
          };
      boolean now;
      boolean later;
      synchronized (this) {
        now = served < most(place.kind());
        later = !now && waiting.size() < MOST_WAITING;
        if (now) {
          served++;
        } else if (later) {
          request.request().pause();
          waiting.add(turn);
        }
      }
      if (now) {
        serve(request);
      } else if (later) {
        giveUpLater(request, begun);
      } else {
        refuse(request);
      }
    }

    private void giveUpLater(RoutingContext request, AtomicBoolean begun) {
      long timer =
          request
              .vertx()
              .setTimer(
                  waitMillis,
                  passed -> {
                    if (begun.compareAndSet(false, true)) {
                      request.request().resume();
                      refuse(request);
                    }
                  });
      request.addEndHandler(
          end -> {
            request.vertx().cancelTimer(timer);
            // A client that has left does not get a turn.
            begun.set(true);
          });
    }

    private void serve(RoutingContext request) {
      AtomicBoolean left = new AtomicBoolean();
      Runnable leave =
          () -> {
            if (left.compareAndSet(false, true)) {
              left();
            }
          };
      request.put(LEAVE, leave);
      // At the end of the answer, and not when the client leaves: the thread may go on for long.
      request.addBodyEndHandler(end -> leave.run());
      request.next();
    }

    private void left() {
      Runnable next;
      synchronized (this) {
        next = waiting.poll();
        if (next == null) {
          served--;
        }
      }
      if (next != null) {
        next.run();
      }
    }

    private void refuse(RoutingContext request) {
      String what = place.site().isEmpty() ? "pghoard" : "site " + place.site();
      new HttpRefusal(
              HttpRefusal.BUSY,
              what + " is busy: other requests of this kind have not been answered yet",
              "repeat it later; when this stays so, look into the log for what its store does")
          .answer(request, Map.of("Retry-After", "5"));
    }
  }
}
