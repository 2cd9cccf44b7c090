// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalFileName.Kind;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.ObjectStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The wait of a base backup until the WAL that it needs is in the repository. */
final class WalWait {
  private final BaseBackupPlan plan;
  private final ObjectStore store;
  private final Clock clock;
  private @Nullable RequiredWal wal;
  private Instant deadline = Instant.MAX;

  WalWait(BaseBackupPlan plan, ObjectStore store, Clock clock) {
    this.plan = plan;
    this.store = store;
    this.clock = clock;
  }

  /** What is waited for, as the manifest tells; the time runs from the first call on. */
  RequiredWal wal(Path manifest) throws IOException {
    RequiredWal known = wal;
    if (known == null) {
      known = RequiredWal.of(manifest, plan.server().walSegmentSize());
      wal = known;
      deadline = clock.instant().plus(plan.site().baseBackup().walTimeout());
    }
    return known;
  }

  /**
   * Whether all of it is there.
   *
   * @throws IOException when it has not arrived in time, or cannot arrive any more
   */
  boolean isOver(RequiredWal required) throws IOException {
    List<WalFileName> missing = required.missing(store, plan.keys());
    if (missing.isEmpty()) {
      return true;
    }
    if (clock.instant().isAfter(deadline)) {
      throw new IOException(notArrived(missing));
    }
    if (plan.site().wal().received() && isPassed(plan.received(), missing.get(0))) {
      // What was received leaves the directory when it is stored, and not before: looked at again.
      missing = required.missing(store, plan.keys());
      if (!missing.isEmpty() && isPassed(plan.received(), missing.get(0))) {
        throw new IOException(
            "pg_receivewal did not receive the segment %s, which the base backup needs, and already receives later ones: the server had removed it; another base backup will be taken. Give the node a slot so that the server keeps WAL until it is received"
                .formatted(missing.get(0)));
      }
    }
    return missing.isEmpty();
  }

  /** Whether pg_receivewal, which goes from one segment to the next, is at work behind this one. */
  static boolean isPassed(Path received, WalFileName missing) throws IOException {
    if (missing.kind() != Kind.SEGMENT || !Files.isDirectory(received)) {
      return false;
    }
    WalSegmentName wanted = missing.segment();
    boolean later = false;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(received, "[0-9A-F]*")) {
      for (Path path : files) {
        String name = String.valueOf(path.getFileName());
        if (!WalFileName.matches(name) || WalFileName.parse(name).kind() == Kind.HISTORY) {
          continue;
        }
        WalSegmentName segment = WalFileName.parse(name).segment();
        int order = segment.onTimeline(wanted.timeline()).compareTo(wanted);
        if (order == 0) {
          return false;
        }
        later |= order > 0 && Integer.compareUnsigned(segment.timeline(), wanted.timeline()) >= 0;
      }
    }
    return later;
  }

  private String notArrived(List<WalFileName> missing) {
    WalFileName first = missing.get(0);
    Path directory = plan.walDirectory();
    return first.kind() == Kind.HISTORY
        ? "the timeline history file %s is neither in the repository nor in %s, and without it the base backup cannot be restored; archive it from a server that has it, or restore it to that directory"
            .formatted(first, directory == null ? "pg_wal" : directory)
        : "%d WAL segments that the base backup needs did not arrive in the repository in time, the first one is %s; %s"
            .formatted(missing.size(), first, remedy());
  }

  String remedy() {
    return plan.site().wal().received()
        ? "check whether pg_receivewal runs, and how far it has got"
        : "check archive_command and the server's log";
  }
}
