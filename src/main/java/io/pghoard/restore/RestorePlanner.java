// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.Sites;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.BaseBackup.Format;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredWal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/** Finds out, before anything is touched, whether a restore can work, and how. */
final class RestorePlanner {
  private final Sites sites;
  private final Repositories repositories;

  RestorePlanner(Sites sites, Repositories repositories) {
    this.sites = sites;
    this.repositories = repositories;
  }

  /**
   * Chooses the base backup, and refuses a target directory that cannot be used and a recovery
   * target that the WAL does not reach.
   */
  BaseBackup choose(RestoreRun run) throws IOException {
    RestoreRequest request = run.request();
    SiteConfig site = sites.get(request.site());
    TargetDirectory target = new TargetDirectory(request.targetDirectory());
    target.requireUsableForCluster(request.overwrite());
    Path walDirectory = target.linkedWal();
    if (walDirectory != null) {
      AllowedDirectories.require(walDirectory, run.host().allowed());
    }
    ObjectStore store = repositories.of(site.name());
    SiteKeys keys = new SiteKeys(site.prefix());
    Catalogue catalogue = new Catalogue(store, keys);
    StoredWal wal = catalogue.wal();
    Catalogue.Listing listing = catalogue.listing();
    BackupChoice choice =
        new BackupChoice(listing.readable(), listing::isDamaged, wal.segmentSize());
    BaseBackup backup = choice.choose(request);
    noteDamage(run, listing, backup, choice.withoutDamage().choose(request));
    if (backup.format() != Format.CHUNKS && backup.format() != Format.RAW) {
      throw new RestoreRefusedException(
          "base backup %s is of the format %s, which this version cannot restore"
              .formatted(backup.name(), backup.object().metadata().get("format")));
    }
    requireHistory(backup, wal);
    String note = new WalCheck(store, keys, wal).require(site.name(), backup, request.recovery());
    if (note != null) {
      run.progress().note(note);
    }
    return backup;
  }

  private static void noteDamage(
      RestoreRun run, Catalogue.Listing listing, BaseBackup chosen, BaseBackup nearest) {
    if (!nearest.equals(chosen)) {
      run.progress()
          .note(
              "base backup %s is nearer to the target than %s, and is not used, as it is damaged"
                  .formatted(nearest.name(), chosen.name()));
    }
    List<ObjectKey> damaged = listing.damaged(chosen);
    if (!damaged.isEmpty()) {
      run.progress()
          .note(
              "base backup %s is marked as damaged; the restore fails unless these were mended since: %s"
                  .formatted(chosen.name(), damaged));
    }
  }

  /** A server on a later timeline asks for its history first, and does not start without it. */
  static void requireHistory(BaseBackup backup, StoredWal wal) throws RestoreRefusedException {
    int timeline = BackupChoice.endSegment(backup).timeline();
    if (timeline != 1 && !wal.histories().contains(timeline)) {
      throw new RestoreRefusedException(
          ("base backup %s is of timeline %s, and the archive has no history of that timeline: copy"
                  + " %08X.history from pg_wal of the backed-up server into the archive"
                  + " (pghoard_archivecommand), or choose another base backup")
              .formatted(backup.name(), Integer.toUnsignedString(timeline), timeline));
    }
  }

  /**
   * Reads the backup's main object, and refuses tablespaces that have no place, chunks that are not
   * there, and too little space.
   *
   * @param mainObject decoded; for a backup without chunks it is the backup, and is not read
   */
  RestorePlan plan(RestoreRun run, BaseBackup backup, InputStream mainObject) throws IOException {
    RestoreRequest request = run.request();
    SiteConfig site = sites.get(request.site());
    String command = run.host().restoreCommand();
    if (backup.format() == Format.RAW) {
      RestorePlan plan = RestorePlan.ofWholeTar(request, backup, command);
      requireSpace(plan);
      return plan;
    }
    MainObject main = MainObject.read(mainObject);
    main.requireReaches(request.recovery().target());
    RestorePlan plan =
        new RestorePlan(
            request,
            backup,
            new StoredChunks(repositories.of(site.name()), new SiteKeys(site.prefix()))
                .require(backup, main.record().chunks()),
            Tablespaces.place(run, main.record().tablespaces()),
            main.checks(),
            command);
    requireSpace(plan);
    return plan;
  }

  private static void requireSpace(RestorePlan plan) throws IOException {
    DiskSpace space = new DiskSpace();
    TargetDirectory data = plan.dataDirectory();
    long inTablespaces = 0;
    for (TablespaceDirectory tablespace : plan.tablespaces()) {
      TargetDirectory directory = new TargetDirectory(tablespace.path());
      long bytes = plan.checks().bytes(tablespace::holds);
      inTablespaces += bytes;
      space.add(directory, bytes, directory.clearing());
    }
    space.add(data, plan.plainBytes() - inTablespaces, data.clearing());
    space.require();
  }
}
