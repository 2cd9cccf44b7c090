// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import io.pghoard.config.ReceivePlaces;
import io.pghoard.postgres.KnownCluster;
import io.pghoard.postgres.Lsn;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalFileName.Kind;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.DurableText;
import io.pghoard.repository.HistoryBreaks;
import io.pghoard.repository.ObjectKey;
import io.pghoard.server.ServerFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The note that a server was rolled back: WAL is stored that it has not, or not any more. What it
 * writes up to {@code taken} has the names of other WAL that is stored, and cannot be stored; the
 * segment after that one is marked, and with it a new history begins in the repository.
 *
 * @param taken the newest segment of the former history
 */
public record RolledBack(WalSegmentName taken) {
  private static final Logger LOG = LoggerFactory.getLogger(RolledBack.class);

  /** What was noted, or null. */
  public static @Nullable RolledBack noted(ReceivePlaces places) throws IOException {
    try {
      return new RolledBack(WalSegmentName.parse(new DurableText(file(places)).read().strip()));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IllegalArgumentException e) {
      throw new IOException(
          file(places) + " is damaged: delete it, and take a base backup (PUT /SITE/basebackup)",
          e);
    }
  }

  /**
   * Looks whether a server is behind what was received of it, or is stored, on its own timeline.
   *
   * @return what is to be done before its WAL can be received; null: nothing
   */
  static @Nullable LostWal look(ReceivePlaces places, ServerFacts server, HistoryBreaks repository)
      throws IOException {
    // A standby may lag behind, and goes on where the others are. One that was promoted has another
    // timeline, which AbandonedWal looks at.
    if (server.standby()) {
      return null;
    }
    WalSegmentSize size = server.walSegmentSize();
    ReceiveDirectory directory = ReceiveDirectory.of(places.incoming());
    WalFileName newest = directory.newest();
    if (newest == null
        ? noted(places) != null
        : newest.segment().timeline() != server.timeline()
            || start(newest, size).compareTo(server.flushed()) <= 0) {
      return null;
    }
    WalSegmentName taken = newestStored(repository, server.timeline());
    for (WalFileName file : directory.segments()) {
      if (file.kind() == Kind.SEGMENT && file.segment().timeline() == server.timeline()) {
        taken = later(taken, file.segment());
      }
    }
    if (newest == null
        && (taken == null || taken.next(size).startLsn(size).compareTo(server.flushed()) <= 0)) {
      return null;
    }
    String reason =
        "the server is at %s, behind the WAL that was received from it, %s: it was rolled back (to a snapshot or a copy), or it is another copy of the cluster"
            .formatted(server.flushed(), taken == null ? newest : taken);
    if (taken != null) {
      new RolledBack(taken).begin(places, repository, size, reason);
    }
    WalSegmentName present = WalSegmentName.containing(server.flushed(), server.timeline(), size);
    return new LostWal(reason, WalFileName.parse(present + ".partial"));
  }

  /** Where pg_receivewal would go on. */
  private static Lsn start(WalFileName newest, WalSegmentSize size) {
    WalSegmentName segment = newest.segment();
    return (newest.kind() == Kind.SEGMENT ? segment.next(size) : segment).startLsn(size);
  }

  /**
   * Notes it of a server that had gone beyond the stored WAL before anybody looked: what it wrote
   * under a name is not what is stored under it.
   */
  public static void overlap(ReceivePlaces places, WalSegmentName refused, HistoryBreaks repository)
      throws IOException {
    KnownCluster cluster = KnownCluster.read(places.cluster()).orElse(null);
    if (cluster != null && noted(places) == null && !isBeforeABreak(refused, repository)) {
      String reason =
          "what the server wrote as %s is not what is stored under this name: it was rolled back (to a snapshot or a copy), or it is another copy of the cluster"
              .formatted(refused);
      new RolledBack(later(newestStored(repository, refused.timeline()), refused))
          .begin(places, repository, cluster.segmentSize(), reason);
    }
  }

  /** Files are stored side by side: the new history may have begun before this file was refused. */
  private static boolean isBeforeABreak(WalSegmentName refused, HistoryBreaks repository)
      throws IOException {
    return repository.segments().stream()
        .anyMatch(mark -> mark.timeline() == refused.timeline() && mark.compareTo(refused) > 0);
  }

  /** Marks the first segment of the new history, before anything of it is received. */
  private void begin(
      ReceivePlaces places, HistoryBreaks repository, WalSegmentSize size, String reason)
      throws IOException {
    repository.mark(
        taken.next(size),
        "%s; what the server writes up to %s cannot be stored, and no base backup is started before the server has passed it; SELECT pg_switch_wal() advances it"
            .formatted(reason, taken));
    Path draft = Files.writeString(places.own().resolve(".rolled_back"), taken.toString());
    Files.move(draft, file(places), StandardCopyOption.ATOMIC_MOVE);
    LOG.error("Receiving into {} starts over: {}", places.incoming(), reason);
  }

  /** Whether a file's name is taken by the former history. */
  public boolean covers(WalSegmentName segment) {
    return segment.timeline() == taken.timeline() && segment.compareTo(taken) <= 0;
  }

  public static void clear(ReceivePlaces places) throws IOException {
    Files.deleteIfExists(file(places));
  }

  private static Path file(ReceivePlaces places) {
    return places.own().resolve("rolled_back");
  }

  private static @Nullable WalSegmentName newestStored(HistoryBreaks repository, int timeline)
      throws IOException {
    WalSegmentName newest = null;
    String start = repository.keys().wal() + "%08X".formatted(timeline);
    for (ObjectKey key : repository.store().keys(start)) {
      if (WalSegmentName.matches(key.name())) {
        newest = later(newest, WalSegmentName.parse(key.name()));
      }
    }
    return newest;
  }

  private static WalSegmentName later(@Nullable WalSegmentName one, WalSegmentName other) {
    return one == null || other.compareTo(one) > 0 ? other : one;
  }
}
