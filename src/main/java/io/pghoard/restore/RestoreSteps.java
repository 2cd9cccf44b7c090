// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.codec.LimitedInputStream;
import io.pghoard.config.Sites;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.LeftOut;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.Repositories;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The steps of one restore, in the order in which the route restore-run takes them. */
public final class RestoreSteps {
  private final Sites sites;
  private final RestorePlanner planner;
  private final Preservations preservation;

  public RestoreSteps(Sites sites, Repositories repositories) {
    this.sites = sites;
    this.planner = new RestorePlanner(sites, repositories);
    this.preservation = new Preservations(sites, repositories);
  }

  /** Chooses the base backup, and refuses what cannot work as far as it alone tells. */
  public ObjectKey choose(RestoreRun run) throws IOException {
    run.chose(planner.choose(run));
    return run.backup().key();
  }

  /**
   * Reads the chosen backup's main object, and refuses what cannot work. Nothing is touched yet.
   *
   * @param mainObject decoded; is closed
   */
  public void plan(RestoreRun run, ObjectContent mainObject) throws IOException {
    try (mainObject) {
      RestorePlan plan = planner.plan(run, run.recovery(), mainObject.stream());
      run.planned(plan, planner.guard(run));
      run.progress().planned(plan.backup().name(), plan.plainBytes(), plan.checks().count());
      if (!plan.checks().known()) {
        run.progress().note("the base backup has no backup_manifest, so its files are not checked");
      }
      LeftOut leftOut = LeftOut.of(plan.backup().object().metadata());
      if (leftOut != null) {
        run.progress()
            .note(
                "these were symbolic links or special files in the backed-up data directory, and"
                    + " are not in the base backup; make them, if they are needed, before you start"
                    + " the server: "
                    + leftOut);
      }
      run.request().notes().forEach(run.progress()::note);
    }
  }

  /** What the planned restore would do, in place of doing it. */
  public Map<String, @Nullable Object> preview(RestoreRun run) throws IOException {
    return new RestorePreview(run).facts();
  }

  /** Has retention spare the base backup, and makes the target directory, empty. */
  public ObjectKey begin(RestoreRun run) throws IOException {
    requireGoingOn(run);
    preservation.begin(run);
    run.writer().begin();
    return run.backup().key();
  }

  /**
   * Writes what lies in the main object.
   *
   * @param mainObject decoded; is closed
   * @return the chunks, which are to be written now, in any order and side by side
   */
  public List<RestoreChunk> writeMainObject(RestoreRun run, ObjectContent mainObject)
      throws IOException {
    try (mainObject) {
      return run.backup().format() == BaseBackup.Format.CHUNKS
          ? run.writer().writeMainObject(mainObject.stream())
          : run.plan().chunks();
    }
  }

  /**
   * The key of a chunk that is to be fetched now.
   *
   * @throws IOException when the restore has failed meanwhile, or was cancelled
   */
  public ObjectKey next(RestoreRun run, RestoreChunk chunk) throws IOException {
    requireGoingOn(run);
    return chunk.key();
  }

  /**
   * Writes a chunk.
   *
   * @param chunk decoded; is closed
   */
  public void writeChunk(RestoreRun run, ObjectKey key, ObjectContent chunk) throws IOException {
    try (chunk) {
      run.writer().writeChunk(new LimitedInputStream(chunk.stream(), run.writer().largest(key)));
    } catch (IOException e) {
      throw new IOException("cannot restore from " + key + ": " + e.getMessage(), e);
    }
  }

  /** Makes a cluster of what was written. */
  public void finish(RestoreRun run) throws IOException {
    requireGoingOn(run);
    RestoreCredentials credentials =
        RestoreCredentials.of(sites.config(), run.request().targetDirectory());
    if (credentials != null) {
      credentials.write();
      run.writer().give(credentials.file());
    }
    run.writer().finish();
    endPreservation(run);
    if (!run.writer().hasConfiguration()) {
      run.progress()
          .note(
              "the backed-up cluster had its postgresql.conf outside of its data directory, so it"
                  + " is not in the backup; put one where the server looks for it");
    }
    run.progress().done();
  }

  /** The cluster is there, whatever becomes of the request. */
  private void endPreservation(RestoreRun run) {
    try {
      preservation.end(run);
    } catch (IOException e) {
      run.progress()
          .note(
              "the base backup is preserved until the requested time, because the request cannot be"
                  + " deleted: "
                  + e.getMessage());
    }
  }

  private static void requireGoingOn(RestoreRun run) throws IOException {
    if (run.progress().stopped()) {
      String error = run.progress().snapshot().error();
      throw new IOException(error == null ? "the restore was cancelled" : error);
    }
  }

  /** Records a failure, and makes the threads that still write stop. */
  public void failed(RestoreRun run, Throwable failure) {
    String why = failure.getMessage();
    run.progress().failed(why == null ? failure.toString() : why);
  }

  /** Records a failure, and lets others restore there, as no thread writes any more. */
  public void fail(RestoreRun run, Throwable failure) throws IOException {
    failed(run, failure);
    run.release();
  }
}
