// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import io.pghoard.config.ReceivePlaces;
import io.pghoard.postgres.Lsn;
import io.pghoard.postgres.PostgresText;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.TimelineHistory.Switch;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalFileName.Kind;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.server.NodeChoice;
import io.pghoard.server.ServerFacts;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Received WAL of a branch that was abandoned: the former primary wrote it, and the standby that
 * was promoted never had it. The new primary does not go on behind it, but where its own timeline
 * begins.
 */
final class AbandonedWal {
  private AbandonedWal() {}

  /** What is to be done about it before a node's WAL can be received; null: nothing. */
  static @Nullable LostWal in(ReceivePlaces places, NodeChoice node, Path psql) throws IOException {
    WalFileName newest = ReceiveDirectory.of(places.incoming()).newest();
    int timeline = node.server().timeline();
    if (newest == null || Integer.compareUnsigned(newest.segment().timeline(), timeline) >= 0) {
      return null;
    }
    TimelineHistory history = ServerFacts.history(psql, node.shown(), timeline);
    return behind(newest, own(places, newest), history, node.server().walSegmentSize());
  }

  /** How the timeline came about that was received, as pg_receivewal has noted; or null. */
  private static @Nullable TimelineHistory own(ReceivePlaces places, WalFileName newest)
      throws IOException {
    int timeline = newest.segment().timeline();
    Path file = places.incoming().resolve("%08X.history".formatted(timeline));
    try {
      return TimelineHistory.parse(timeline, PostgresText.read(file));
    } catch (NoSuchFileException | IllegalArgumentException e) {
      // Timeline 1 has none. Without another's, only what it shares with the server is known.
      return null;
    }
  }

  /**
   * The same of what was received.
   *
   * @param newest the file of the directory by which pg_receivewal goes on
   * @param own the history of its timeline
   * @param history that of the server's timeline, which is a later one
   */
  static @Nullable LostWal behind(
      WalFileName newest,
      @Nullable TimelineHistory own,
      TimelineHistory history,
      WalSegmentSize size) {
    WalSegmentName last = newest.segment();
    Map<Integer, Lsn> received = new HashMap<>();
    if (own != null) {
      own.switches().forEach(end -> received.put(end.timeline(), end.switchPoint()));
    }
    received.put(
        last.timeline(), (newest.kind() == Kind.SEGMENT ? last.next(size) : last).startLsn(size));
    List<Switch> switches = history.switches();
    for (int i = 0; i < switches.size(); i++) {
      Switch end = switches.get(i);
      int follower = follower(history, i);
      boolean isLast = end.timeline() == last.timeline();
      Lsn upTo = received.get(end.timeline());
      int order = upTo == null ? 0 : upTo.compareTo(end.switchPoint());
      if (upTo == null || (order == 0 && !isLast && received.containsKey(follower))) {
        continue;
      }
      if (order < 0) {
        return isLast ? null : begin(end, end.timeline(), upTo, size);
      }
      // A timeline's first segment begins as the former one's; and right at its end, a server has
      // nothing to send of the former one, which pg_receivewal takes for an error.
      return begin(end, follower, upTo, size);
    }
    return null;
  }

  private static int follower(TimelineHistory history, int index) {
    List<Switch> switches = history.switches();
    return index + 1 < switches.size() ? switches.get(index + 1).timeline() : history.timeline();
  }

  private static LostWal begin(Switch end, int timeline, Lsn upTo, WalSegmentSize size) {
    Lsn from = upTo.compareTo(end.switchPoint()) < 0 ? upTo : end.switchPoint();
    return new LostWal(
        "the server left timeline %s at %s, but WAL of that timeline was received up to %s; what a former primary wrote after the first of these positions was lost in the failover"
            .formatted(Integer.toUnsignedString(end.timeline()), end.switchPoint(), upTo),
        WalFileName.parse(WalSegmentName.containing(from, timeline, size) + ".partial"));
  }
}
