// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pghoard.config.SiteName;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.ObjectKey;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A file of the archive that somebody asks for, or will ask for soon. */
public final class WalRequest {
  private final SiteName site;
  private final WalFileName name;
  private final ObjectKey key;
  private final CompletableFuture<Void> turn = new CompletableFuture<>();
  private final long opened = System.nanoTime();
  private volatile @Nullable FetchedWal fetched;
  private volatile boolean needless;
  private volatile boolean ahead;
  private volatile long largest = Long.MAX_VALUE;

  WalRequest(SiteName site, WalFileName name, ObjectKey key) {
    this.site = site;
    this.name = name;
    this.key = key;
  }

  /** Milliseconds since it was opened. */
  public long age() {
    return NANOSECONDS.toMillis(System.nanoTime() - opened);
  }

  public SiteName site() {
    return site;
  }

  public WalFileName name() {
    return name;
  }

  public ObjectKey key() {
    return key;
  }

  /**
   * The file.
   *
   * @throws IllegalStateException while it is not there
   */
  public FetchedWal fetched() {
    FetchedWal file = fetched;
    if (file == null) {
      throw new IllegalStateException(name + " was not fetched yet");
    }
    return file;
  }

  /** True when the file is there: nothing is left to do but to hand it out. */
  boolean ready() {
    return fetched != null;
  }

  /** True when there is something to do: the file is neither there nor on its way already. */
  public boolean needed() {
    return !needless && !ready();
  }

  /** True when nobody has asked for the file yet. */
  boolean ahead() {
    return ahead;
  }

  /**
   * Tells that nobody has asked for it yet.
   *
   * @param segmentSize of the segments before it, or null when it is not known
   */
  void markAhead(@Nullable WalSegmentSize segmentSize) {
    ahead = true;
    largest = segmentSize == null ? WalSegmentSize.DEFAULT.bytes() : segmentSize.bytes();
  }

  /** How many bytes it may have. */
  long largest() {
    return largest;
  }

  void markNeedless() {
    needless = true;
  }

  void fill(FetchedWal file) {
    fetched = file;
  }

  /** Completed when a look-ahead for this file has ended, with or without the file. */
  CompletableFuture<Void> turn() {
    return turn;
  }
}
