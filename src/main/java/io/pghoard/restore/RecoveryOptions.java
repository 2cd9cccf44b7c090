// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.restore.RecoveryTarget.Immediate;
import io.pghoard.restore.RecoveryTarget.Latest;
import io.pghoard.restore.RecoveryTarget.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a restored cluster recovers, and what it becomes.
 *
 * @param target where recovery ends
 * @param inclusive whether what is at the target is replayed too; null: PostgreSQL's default, yes
 * @param timeline {@code latest}, {@code current} or a timeline's number in decimal, or in
 *     hexadecimal after {@code 0x}
 * @param action what the server does at the target; null: PostgreSQL's default, pause
 * @param endCommand a shell command that the server runs when recovery ends, or null
 * @param primaryConninfo how a replica reaches its primary, or null
 * @param primarySlot the replication slot that the primary keeps for a replica, or null
 * @param primary whether the cluster becomes a primary; otherwise, without a target, a standby
 * @param archiving whether it archives WAL
 * @param copy what keeps a copy beside the cluster from harming it; null: it is none
 */
public record RecoveryOptions(
    RecoveryTarget target,
    @Nullable Boolean inclusive,
    String timeline,
    @Nullable Action action,
    @Nullable String endCommand,
    @Nullable String primaryConninfo,
    @Nullable String primarySlot,
    boolean primary,
    Archiving archiving,
    @Nullable CopySettings copy) {
  /** ReplicationSlotValidateName in PostgreSQL's slot.c. */
  private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");

  private static final Pattern TIMELINE =
      Pattern.compile("latest|current|[1-9][0-9]{0,9}|0x[0-9A-Fa-f]{1,8}");

  /** What the server does when it has reached its target. */
  public enum Action {
    PAUSE,
    PROMOTE,
    SHUTDOWN;

    /** The word of {@code recovery_target_action}. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether the restored cluster archives WAL when it is promoted. */
  public enum Archiving {
    /** Off for what may be a copy; as it was for a replica, which takes its primary's place. */
    DEFAULT,
    OFF,
    /** As the backed-up cluster had it. */
    PRESERVE
  }

  public RecoveryOptions {
    if (!TIMELINE.matcher(timeline).matches()) {
      throw new IllegalArgumentException(
          "not a recovery target timeline (latest, current or a number): " + timeline);
    }
    boolean exact = !(target instanceof Latest || target instanceof Immediate);
    if (inclusive != null && (!exact || target instanceof Name)) {
      throw new IllegalArgumentException(
          "inclusive and exclusive apply only to a target time, xid or LSN; leave them out"
              + " or give one of these");
    }
    if (action != null && target instanceof Latest) {
      throw new IllegalArgumentException(
          "a recovery target action needs a recovery target; leave it out, or give a target time,"
              + " name, xid, LSN or immediate");
    }
    if (primary && primaryConninfo != null) {
      throw new IllegalArgumentException(
          "a cluster that is restored to be a primary follows no other: leave out the primary"
              + " conninfo, or restore-to-primary");
    }
    if (primarySlot != null && !SLOT.matcher(primarySlot).matches()) {
      throw new IllegalArgumentException(
          "not the name of a replication slot (1 to 63 small letters, digits and underscores): "
              + primarySlot);
    }
    if (primarySlot != null && primaryConninfo == null) {
      throw new IllegalArgumentException(
          "a primary slot is one of the primary that a standby follows; give the primary conninfo");
    }
    if (copy != null && (primaryConninfo != null || archiving == Archiving.PRESERVE)) {
      throw new IllegalArgumentException(
          "a copy follows no primary and archives nothing: leave out the primary conninfo and"
              + " archive-mode preserve, or as-copy");
    }
    requireOneLine("recovery end command", endCommand);
    requireOneLine("primary conninfo", primaryConninfo);
  }

  /** A primary that has recovered all WAL there is. */
  static RecoveryOptions toTheEnd() {
    return of(new Latest());
  }

  /** A primary that has recovered to the end of its base backup. */
  static RecoveryOptions toTheBackup() {
    return of(new Immediate());
  }

  private static RecoveryOptions of(RecoveryTarget target) {
    return new RecoveryOptions(
        target, null, "latest", null, null, null, null, true, Archiving.DEFAULT, null);
  }

  // A line break would end the setting, and what follows it would be a setting of its own.
  private static void requireOneLine(String what, @Nullable String text) {
    if (text != null && text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("the " + what + " must be one line without control codes");
    }
  }

  /** Whether the cluster is restored as a standby, which follows WAL until it is promoted. */
  boolean standby() {
    return !primary && target instanceof Latest;
  }

  /**
   * The same, ending on the timeline that is the newest now: the server itself looks for the
   * histories after the backup's timeline one by one, and stops at the first that is missing. A
   * standby is to follow later ones too.
   */
  RecoveryOptions resolved(int newest) {
    return standby()
        ? this
        : new RecoveryOptions(
            target,
            inclusive,
            Integer.toUnsignedString(newest),
            action,
            endCommand,
            primaryConninfo,
            primarySlot,
            primary,
            archiving,
            copy);
  }

  /** What the operator should know of the cluster. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (action == null && !(target instanceof Latest)) {
      notes.add(
          "the server pauses at the recovery target, read-only, and holds the locks of transactions"
              + " in progress there; SELECT pg_wal_replay_resume() ends recovery");
    }
    if (copy != null) {
      notes.add(copy.note());
    } else if (archivingOff()) {
      notes.add(
          "archive_mode is off in the restored cluster, so that it does not write into the archive"
              + " that it came from; when it takes that cluster's place: ALTER SYSTEM RESET"
              + " archive_mode, and restart");
    }
    return notes;
  }

  /** Whether archive_mode is switched off in the restored cluster. */
  boolean archivingOff() {
    return archiving == Archiving.OFF
        || (archiving == Archiving.DEFAULT && !(standby() && primaryConninfo != null));
  }
}
