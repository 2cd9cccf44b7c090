// SPDX-License-Identifier: Apache-2.0
package io.pghoard.verify;

import io.pghoard.repository.ContentMismatchException;
import io.pghoard.repository.Encoding;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.PlainObject;
import io.pghoard.restore.RestoreProgress;
import io.pghoard.scrub.Scrub;
import io.pghoard.scrub.ScrubbedObject;
import io.pghoard.scrub.ScrubbedObject.Look;
import io.pghoard.verify.VerifyFinding.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads single objects to their end as the scrub does, and marks those that are damaged.
 *
 * @param marked what was marked as damaged before
 */
record ObjectReading(Scrub scrub, ObjectStore store, VerifyRun run, Set<ObjectKey> marked) {
  /** What has come of reading an object. */
  enum Outcome {
    WHOLE,
    GONE,
    FAULTY
  }

  /**
   * Reads one object; what is wrong with it is a finding of the run.
   *
   * @param look at its content
   * @throws IOException only when nothing more is to be read, as the run is stopped
   */
  Outcome read(ObjectKey key, Look look) throws IOException {
    Outcome outcome = open(key, look, run.progress());
    if (outcome == Outcome.WHOLE) {
      run.progress().wroteFile();
    }
    return outcome;
  }

  /** The same, of one that is read once more later, and counted then. */
  Outcome open(ObjectKey key, Look look, @Nullable RestoreProgress progress) throws IOException {
    Attempt first = attempt(key, look, progress);
    IOException failure = first.failure();
    if (failure == null) {
      if (marked.contains(key) && run.request().marks()) {
        scrub.mended(run.site(), key);
      }
      return Outcome.WHOLE;
    }
    if (isMissing(failure)) {
      return Outcome.GONE;
    }
    String damage = first.object().damage(failure);
    if (damage == null) {
      unreadable(key, String.valueOf(failure.getMessage()));
    } else if (failure instanceof ContentMismatchException) {
      damaged(key, damage, true);
    } else {
      // A connection that broke looks like damage too.
      Attempt second = attempt(key, Look.NONE, null);
      IOException again = second.failure();
      String same = again == null ? null : second.object().damage(again);
      if (same != null) {
        damaged(key, same, false);
      } else {
        unreadable(key, "it looked damaged when it was first read, and not again: " + damage);
      }
    }
    return Outcome.FAULTY;
  }

  private record Attempt(ScrubbedObject object, @Nullable IOException failure) {}

  private Attempt attempt(ObjectKey key, Look look, @Nullable RestoreProgress progress)
      throws IOException {
    ScrubbedObject object = scrub.begin(run.site(), key);
    try {
      ObjectContent stored = store.get(key);
      // The scrub compares the stored bytes of what is encrypted; no restore could read it.
      boolean encrypted = Encoding.of(stored.metadata()).isEncrypted();
      ObjectContent plain = PlainObject.of(key, encrypted ? stored : scrub.opened(object, stored));
      object.read(
          progress == null ? plain : plain.withStream(new Counted(plain.stream(), progress)), look);
      return new Attempt(object, null);
    } catch (IOException e) {
      object.close();
      if (object.cut()) {
        throw new InterruptedIOException("the verification was stopped");
      }
      return new Attempt(object, e);
    }
  }

  private static boolean isMissing(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ObjectMissingException) {
        return true;
      }
    }
    return false;
  }

  private void unreadable(ObjectKey key, String why) {
    run.found(new VerifyFinding(Kind.UNREADABLE, key.text(), why, false));
  }

  /** Tells that an object is damaged, and marks it. */
  void damaged(ObjectKey key, String why, boolean ofContent) {
    run.found(new VerifyFinding(Kind.DAMAGED, key.text(), why, mark(key, why, ofContent)));
  }

  /** Tells that an object is lost, and marks it. */
  void missing(ObjectKey key, String why) {
    run.found(new VerifyFinding(Kind.MISSING, key.text(), why, mark(key, why, false)));
  }

  private boolean mark(ObjectKey key, String why, boolean ofContent) {
    if (!run.request().marks()) {
      return false;
    }
    try {
      scrub.mark(run.site(), key, why, ofContent);
      return true;
    } catch (IOException e) {
      run.progress().note("%s could not be marked as damaged: %s".formatted(key, e.getMessage()));
      return false;
    }
  }

  /** Tells the run how much was read. */
  private static final class Counted extends FilterInputStream {
    private final RestoreProgress progress;

    Counted(InputStream in, RestoreProgress progress) {
      super(in);
      this.progress = progress;
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      progress.wrote(one == -1 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int got = super.read(buffer, offset, length);
      progress.wrote(Math.max(0, got));
      return got;
    }
  }
}
