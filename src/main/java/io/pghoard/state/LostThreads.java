// SPDX-License-Identifier: Apache-2.0
package io.pghoard.state;

import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that an error has ended. What they did is not done any more, whatever else goes on:
 * {@code GET /health} says so, and the service manager starts the daemon again.
 */
public final class LostThreads implements Thread.UncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(LostThreads.class);

  /** More than that are not told. */
  private static final int MOST = 100;

  private final Map<String, String> lost = new TreeMap<>();

  /** Is told of every thread of this process from now on. */
  public void watch() {
    Thread.setDefaultUncaughtExceptionHandler(this);
  }

  /** Is told no more. */
  public void rest() {
    if (Thread.getDefaultUncaughtExceptionHandler() == this) {
      Thread.setDefaultUncaughtExceptionHandler(null);
    }
  }

  @Override
  public void uncaughtException(Thread thread, Throwable error) {
    LOG.error("Thread {} has died; restart pghoard", thread.getName(), error);
    synchronized (lost) {
      if (lost.size() < MOST) {
        lost.put(thread.getName(), String.valueOf(error));
      }
    }
  }

  /** Their names, and what ended them. */
  public Map<String, String> all() {
    synchronized (lost) {
      return Map.copyOf(lost);
    }
  }
}
