// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for work, and looks up now and then. */
final class Waiting {
  private static final long LOOK_UP_MILLIS = 200;

  private Waiting() {}

  /** Whether the work has ended, after a moment at most. */
  static boolean forEnd(CompletableFuture<?> work) throws InterruptedException {
    try {
      work.get(LOOK_UP_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(Failure.describe(e), e);
    }
  }
}
