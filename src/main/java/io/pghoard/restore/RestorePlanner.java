// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.Sites;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.BaseBackup.Format;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Finds out, before anything is touched, whether a restore can work, and how. */
final class RestorePlanner {
  private final Sites sites;
  private final Repositories repositories;
  private final RecoveryPlanners planners = new RecoveryPlanners();

  RestorePlanner(Sites sites, Repositories repositories) {
    this.sites = sites;
    this.repositories = repositories;
  }

  /**
   * Chooses the base backup, and refuses a target directory that cannot be used and a recovery
   * target that the WAL does not reach.
   */
  RecoveryPlan choose(RestoreRun run) throws IOException {
    RestoreRequest request = run.request();
    SiteConfig site = sites.get(request.site());
    TargetDirectory target = new TargetDirectory(request.targetDirectory());
    TargetGuard guard = guard(run);
    guard.require(request.targetDirectory());
    target.requireUsableForCluster(request.overwrite());
    Path walDirectory = target.linkedWal();
    if (walDirectory != null) {
      guard.require(walDirectory);
    }
    RecoveryPlan recovery =
        planners.of(site, repositories.of(site.name())).plan(request.backup(), request.recovery());
    recovery.notes().forEach(run.progress()::note);
    return recovery;
  }

  TargetGuard guard(RestoreRun run) {
    return new TargetGuard(sites.config(), run.request(), run.host().allowed());
  }

  /**
   * Reads the backup's main object, and refuses tablespaces that have no place, chunks that are not
   * there, and too little space.
   *
   * @param mainObject decoded; for a backup without chunks it is the backup, and is not read
   */
  RestorePlan plan(RestoreRun run, RecoveryPlan recovery, InputStream mainObject)
      throws IOException {
    RestoreRequest request = run.request().recovering(recovery.recovery());
    BaseBackup backup = recovery.backup();
    requireVersionForCopy(request, backup);
    SiteConfig site = sites.get(request.site());
    String command = run.host().restoreCommand();
    RestoreCredentials credentials =
        RestoreCredentials.of(sites.config(), request.targetDirectory());
    if (credentials != null) {
      credentials.requirePossible();
      command += credentials.option();
    }
    if (backup.format() == Format.RAW) {
      RestorePlan plan = RestorePlan.ofWholeTar(request, backup, command);
      space(plan).require();
      return plan;
    }
    MainObject main = MainObject.read(mainObject);
    main.requireReaches(request.recovery().target());
    main.requireOn(recovery.way(), backup);
    RestorePlan plan =
        new RestorePlan(
            request,
            backup,
            new StoredChunks(repositories.of(site.name()), new SiteKeys(site.prefix()))
                .require(backup, main.record().chunks()),
            Tablespaces.place(run, main, guard(run)),
            main.checks(),
            command);
    space(plan).require();
    return plan;
  }

  /** Before, the settings of a recovery have a file of their own, which a server then renames. */
  private static void requireVersionForCopy(RestoreRequest request, BaseBackup backup)
      throws RestoreRefusedException {
    Integer version = backup.majorVersion();
    if (request.recovery().copy() != null && version != null && version < 12) {
      throw new RestoreRefusedException(
          "base backup %s is of PostgreSQL %s, and a copy beside the cluster needs 12 or later: restore it without as-copy, and change its settings by hand before you start it"
              .formatted(backup.name(), backup.serverVersion()));
    }
  }

  /** What a restore needs, and what is deleted for it. */
  static DiskSpace space(RestorePlan plan) throws IOException {
    DiskSpace space = new DiskSpace();
    TargetDirectory data = plan.dataDirectory();
    long inTablespaces = 0;
    for (TablespaceDirectory tablespace : plan.tablespaces()) {
      TargetDirectory directory = new TargetDirectory(tablespace.path());
      long bytes = plan.checks().bytes(tablespace::holds);
      inTablespaces += bytes;
      space.add(directory, bytes, tablespace.clearing(data.path()));
    }
    space.add(data, plan.plainBytes() - inTablespaces, data.clearing());
    return space;
  }
}
