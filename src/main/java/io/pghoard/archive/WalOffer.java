// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pghoard.config.SiteName;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalRecords;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A file that was accepted for the archive: either it is stored already, or it is to be stored.
 *
 * <p>While an offer is open, no other one of the same name is. Whoever opened it closes it by
 * {@link WalArchive#close}.
 */
public final class WalOffer {
  /** Whose file it is, and what it is called. */
  record Name(SiteName site, WalFileName file) {}

  private final Name name;
  private final CompletableFuture<Void> turn;
  private final ObjectKey key;
  private final WalContent content;
  private final long opened = System.nanoTime();
  private volatile boolean stored;
  private volatile boolean conflicts;

  WalOffer(Name name, CompletableFuture<Void> turn, ObjectKey key, WalContent content) {
    this.name = name;
    this.turn = turn;
    this.key = key;
    this.content = content;
  }

  /** The same file, to be stored under another key. */
  WalOffer under(ObjectKey other) {
    return new WalOffer(name, turn, other, content);
  }

  Name offered() {
    return name;
  }

  /** Completed when the next one may open this name. */
  CompletableFuture<Void> turn() {
    return turn;
  }

  WalSource source() {
    return content.source();
  }

  public SiteName site() {
    return name.site();
  }

  public WalFileName name() {
    return name.file();
  }

  public ObjectKey key() {
    return key;
  }

  /** Of the plain file, in bytes. */
  public long size() {
    return content.source().size();
  }

  /** Milliseconds since it was opened. */
  long age() {
    return NANOSECONDS.toMillis(System.nanoTime() - opened);
  }

  /** True when the repository holds exactly this file: nothing is left to do but to answer. */
  public boolean stored() {
    return stored;
  }

  /** True when another file is stored under its name. */
  boolean conflicts() {
    return conflicts;
  }

  void markConflict() {
    conflicts = true;
  }

  void markStored() {
    stored = true;
  }

  /** The plain file; the caller closes it. Its end fails when the file changed meanwhile. */
  public InputStream content() throws IOException {
    return content.open();
  }

  String hash(String algorithm) throws IOException {
    return content.hash(algorithm);
  }

  /** What its records say, nothing of a file that is no segment. Cheap as {@link #metadata()}. */
  Optional<WalRecords> records() throws IOException {
    return content.records();
  }

  /** What is kept beside the object. Cheap after {@link #content()} was read to its end. */
  public Map<String, String> metadata() throws IOException {
    return content.metadata();
  }
}
