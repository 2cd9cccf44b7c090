// SPDX-License-Identifier: Apache-2.0
package io.pghoard.verify;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.Sites;
import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.DamageMarks;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import io.pghoard.restore.RecoveryWindow;
import io.pghoard.restore.RecoveryWindows;
import io.pghoard.restore.RestoreProgress.Phase;
import io.pghoard.restore.UnknownBaseBackupException;
import io.pghoard.scrub.Scrub;
import io.pghoard.verify.VerifyFinding.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads back all that a restore of some base backups needs, and finds what is wrong with it. */
public final class Verifier {
  private final Sites sites;
  private final Repositories repositories;
  private final Scrub scrub;
  private final RecoveryWindows windows;

  public Verifier(Sites sites, Repositories repositories, Scrub scrub) {
    this.sites = sites;
    this.repositories = repositories;
    this.scrub = scrub;
    this.windows = new RecoveryWindows(sites, repositories);
  }

  /** Runs a verification to its end; the run holds the outcome. */
  public void run(VerifyRun run) {
    try {
      verify(run);
      run.progress().done();
    } catch (IOException | RuntimeException | Error e) {
      // Whatever it is, the run has ended, and the next one may begin.
      String why = e.getMessage();
      run.progress().failed(why == null ? e.toString() : why);
    }
  }

  private void verify(VerifyRun run) throws IOException {
    SiteConfig site = sites.get(run.site());
    ObjectStore store = repositories.of(site.name());
    SiteKeys keys = new SiteKeys(site.prefix());
    RecoveryWindows.Report stored = windows.of(site.name());
    List<BaseBackup> chosen = choose(run.request(), stored.windows());
    run.reads(chosen.stream().map(BaseBackup::name).toList());
    if (run.request().all()) {
      new Catalogue(store, keys)
          .unreadable()
          .forEach(
              (key, why) -> run.found(new VerifyFinding(Kind.UNREADABLE, key.text(), why, false)));
    }
    List<WalSegmentName> wal =
        run.request().wal() ? wal(store.keys(keys.wal()), chosen, stored) : List.of();
    ObjectReading reading =
        new ObjectReading(scrub, store, run, new DamageMarks(store, keys).objects());
    long bytes = chosen.stream().mapToLong(BaseBackup::plainSize).sum();
    bytes += (long) wal.size() * stored.wal().segmentSize().bytes();
    run.progress().planned(String.join(", ", names(chosen)), bytes, 0);
    run.progress().enter(Phase.WRITING);
    for (BaseBackup backup : chosen) {
      new BackupReading(reading, keys, backup).read();
    }
    for (WalSegmentName segment : wal) {
      ObjectKey key = keys.wal(WalFileName.parse(segment.toString()));
      reading.read(key, new WalLook(segment, cluster(chosen)));
    }
    // Once more, as what was found damaged counts as missing by now.
    long before = run.found();
    RecoveryWindows.Report now = windows.of(site.name());
    continuity(run, site, now, chosen);
    List<BaseBackup> all = now.windows().stream().map(RecoveryWindow::backup).toList();
    BaseBackup newest = all.isEmpty() ? null : all.get(all.size() - 1);
    if (newest != null && run.found() == before && names(chosen).contains(newest.name())) {
      // What a restore to the newest WAL would say.
      String broken = windows.broken(site.name());
      if (broken != null) {
        gap(run, newest, broken);
      }
    }
  }

  private static List<String> names(List<BaseBackup> backups) {
    return backups.stream().map(BaseBackup::name).toList();
  }

  private static @Nullable SystemIdentifier cluster(List<BaseBackup> chosen) {
    return chosen.stream()
        .map(BaseBackup::systemIdentifier)
        .filter(Objects::nonNull)
        .reduce((older, newer) -> newer)
        .orElse(null);
  }

  private static List<BaseBackup> choose(VerifyRequest request, List<RecoveryWindow> windows)
      throws UnknownBaseBackupException {
    List<BaseBackup> all = windows.stream().map(RecoveryWindow::backup).toList();
    if (all.isEmpty()) {
      throw new UnknownBaseBackupException("site %s has no base backup".formatted(request.site()));
    }
    if (request.all()) {
      return all;
    }
    if (request.backup().equals(VerifyRequest.LATEST)) {
      return List.of(all.get(all.size() - 1));
    }
    List<BaseBackup> called =
        all.stream().filter(backup -> backup.isCalled(request.backup())).toList();
    if (called.isEmpty()) {
      throw new UnknownBaseBackupException(
          "site %s has no base backup %s; it has %s"
              .formatted(request.site(), request.backup(), String.join(", ", names(all))));
    }
    return called.subList(0, 1);
  }

  /** The segments that a recovery from one of these base backups could ask for. */
  private static List<WalSegmentName> wal(
      List<ObjectKey> stored, List<BaseBackup> chosen, RecoveryWindows.Report report) {
    WalSegmentSize size = report.wal().segmentSize();
    long first =
        chosen.stream()
            .mapToLong(backup -> backup.startSegment().number(size))
            .min()
            .orElse(Long.MAX_VALUE);
    List<WalSegmentName> wal = new ArrayList<>();
    for (ObjectKey key : stored) {
      if (WalSegmentName.matches(key.name())) {
        WalSegmentName segment = WalSegmentName.parse(key.name());
        if (segment.number(size) >= first) {
          wal.add(segment);
        }
      }
    }
    return wal;
  }

  private static void continuity(
      VerifyRun run, SiteConfig site, RecoveryWindows.Report now, List<BaseBackup> chosen) {
    long before = run.found();
    for (RecoveryWindow window : now.windows()) {
      BaseBackup backup = window.backup();
      if (names(chosen).contains(backup.name())) {
        if (window.gap() != null && !site.wal().fetched()) {
          gap(run, backup, "recovery ends before the newest WAL: " + window.gap());
        } else if (!window.restorable() && before == 0) {
          gap(
              run,
              backup,
              "not all WAL is stored that it needs, %s to %s"
                  .formatted(backup.startSegment(), backup.endOfWal()));
        }
      }
    }
  }

  private static void gap(VerifyRun run, BaseBackup backup, String text) {
    run.found(new VerifyFinding(Kind.WAL_GAP, backup.name(), text, false));
  }
}
