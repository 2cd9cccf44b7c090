// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import io.pghoard.config.SftpStorage;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one site: a bounded number, each with one user at a time, kept for a while.
 */
final class SftpPool implements Closeable {
  /** As many as transfers may run side by side. */
  private static final int MOST = 20;

  /** OpenSSH drops some of those that come when ten have not logged in yet (MaxStartups). */
  private static final int LOGINS_AT_ONCE = 4;

  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "sftp-idle");
            thread.setDaemon(true);
            return thread;
          });

  private record Idle(SftpConnection connection, long since) {}

  private final SftpStorage storage;
  private final Semaphore places = new Semaphore(MOST, true);
  private final Semaphore logins = new Semaphore(LOGINS_AT_ONCE, true);
  private final Deque<Idle> idle = new ArrayDeque<>();
  private @Nullable SftpLogin login;
  private @Nullable ScheduledFuture<?> timer;
  private boolean closed;

  SftpPool(SftpStorage storage) {
    this.storage = storage;
  }

  /** A connection of one's own, until it is given back; throws what is sorted already. */
  SftpConnection borrow(String deed) throws IOException {
    take(places, deed, "all " + MOST + " connections to the server are in use");
    boolean borrowed = false;
    try {
      SftpConnection connection = idle();
      if (connection == null) {
        connection = connect(deed);
      }
      borrowed = true;
      return connection;
    } finally {
      if (!borrowed) {
        places.release();
      }
    }
  }

  private SftpConnection connect(String deed) throws IOException {
    take(logins, deed, "the server accepts no logins");
    try {
      return login().connect(deed);
    } finally {
      logins.release();
    }
  }

  private void take(Semaphore semaphore, String deed, String otherwise) throws IOException {
    try {
      long limit = storage.access().callTimeout().toSeconds();
      if (!semaphore.tryAcquire(limit, TimeUnit.SECONDS)) {
        throw new IOException("cannot %s: %s for %d s".formatted(deed, otherwise, limit));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted: " + deed);
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private synchronized SftpLogin login() throws IOException {
    if (closed) {
      throw new IOException("the connections to " + storage.server() + " are closed");
    }
    if (login == null) {
      login = new SftpLogin(storage);
      timer = TIMER.scheduleWithFixedDelay(this::endIdle, 15, 15, TimeUnit.SECONDS);
    }
    return login;
  }

  private synchronized @Nullable SftpConnection idle() {
    while (!idle.isEmpty()) {
      SftpConnection connection = idle.removeFirst().connection();
      if (connection.isOpen()) {
        return connection;
      }
    }
    return null;
  }

  /** Ends the use of a connection. One that has failed takes the idle ones with it. */
  void giveBack(SftpConnection connection) {
    places.release();
    List<SftpConnection> dead = new ArrayList<>();
    synchronized (this) {
      if (connection.isOpen() && !closed) {
        idle.addFirst(new Idle(connection, System.nanoTime()));
        return;
      }
      idle.forEach(each -> dead.add(each.connection()));
      idle.clear();
    }
    connection.close();
    dead.forEach(SftpConnection::close);
  }

  private void endIdle() {
    List<SftpConnection> old = new ArrayList<>();
    synchronized (this) {
      for (Iterator<Idle> each = idle.iterator(); each.hasNext(); ) {
        Idle one = each.next();
        if (System.nanoTime() - one.since() > IDLE.toNanos()) {
          each.remove();
          old.add(one.connection());
        }
      }
    }
    old.forEach(SftpConnection::close);
  }

  /** Ends all of it; what is in use fails. */
  @Override
  public void close() {
    SftpLogin made;
    synchronized (this) {
      closed = true;
      made = login;
      if (timer != null) {
        timer.cancel(false);
      }
      idle.clear();
    }
    if (made != null) {
      made.close();
    }
  }
}
