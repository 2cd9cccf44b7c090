// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.ConfigurationFile;
import io.pghoard.postgres.ConfigurationLine;
import io.pghoard.postgres.PostgresText;
import io.pghoard.restore.RecoveryTarget.AtLsn;
import io.pghoard.restore.RecoveryTarget.Immediate;
import io.pghoard.restore.RecoveryTarget.Latest;
import io.pghoard.restore.RecoveryTarget.Name;
import io.pghoard.restore.RecoveryTarget.Time;
import io.pghoard.restore.RecoveryTarget.Transaction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings that make a restored cluster recover, and the file that tells it to.
 *
 * <p>From PostgreSQL 12 on they are settings like others, and whatever the backed-up cluster says
 * of recovery has a say here too. So each is written, those that are not used with the value that
 * means "not used".
 *
 * <p>Source: <a href="https://www.postgresql.org/docs/15/runtime-config-wal.html">archive recovery
 * and recovery target</a> and <a
 * href="https://www.postgresql.org/docs/15/runtime-config-replication.html">standby servers</a>;
 * before PostgreSQL 12, recovery.conf.
 *
 * @param majorVersion of the server that was backed up: 9, 10, 11, ..., 15
 * @param restoreCommand the shell command that fetches a file of WAL
 */
public record RecoverySettings(int majorVersion, RecoveryOptions options, String restoreCommand) {
  /** Of these one may be set; the server refuses to start with two. */
  static final Set<String> TARGETS =
      Set.of(
          "recovery_target",
          "recovery_target_time",
          "recovery_target_name",
          "recovery_target_xid",
          "recovery_target_lsn");

  private static final String HEADING = "# Recovery settings, appended by pghoard_restore.";
  private static final String END_COMMAND = "recovery_end_command";

  /** Whether the settings are in recovery.conf, a file of its own. */
  public boolean inRecoveryConf() {
    return majorVersion < 12;
  }

  /** The empty file that starts recovery, from PostgreSQL 12 on. */
  public String signalFile() {
    return options.standby() ? "standby.signal" : "recovery.signal";
  }

  /** The text of recovery.conf, as {@link PostgresText}. What is not in that file is not set. */
  public String recoveryConf() {
    StringBuilder text = new StringBuilder();
    lines(settingsOfRecoveryConf()).forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /** Each setting that is written, whatever the backed-up cluster's configuration says. */
  Map<String, String> all() {
    if (inRecoveryConf()) {
      return settingsOfRecoveryConf();
    }
    Map<String, String> all = lasting(Set.of());
    all.putAll(recovery());
    return all;
  }

  private Map<String, String> settingsOfRecoveryConf() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("restore_command", restoreCommand);
    // Staying on the backup's timeline is said by saying nothing.
    if (!options.timeline().equals("current")) {
      all.put("recovery_target_timeline", options.timeline());
    }
    all.putAll(target());
    Boolean inclusive = options.inclusive();
    put(all, "recovery_target_inclusive", inclusive == null ? null : onOff(inclusive));
    RecoveryOptions.Action action = options.action();
    put(all, "recovery_target_action", action == null ? null : action.word());
    put(all, END_COMMAND, options.endCommand());
    put(all, "primary_conninfo", options.primaryConninfo());
    put(all, "primary_slot_name", options.primarySlot());
    all.put("standby_mode", onOff(options.standby()));
    return all;
  }

  /**
   * What postgresql.auto.conf is to say, as {@link PostgresText}: what it said, without what it
   * said of recovery, and then our settings.
   *
   * @param present its text as it came with the base backup
   * @param targetsElsewhere which of {@link #TARGETS} other files of the cluster set
   */
  public String autoConf(String present, Set<String> targetsElsewhere) {
    Map<String, String> recovery = recovery();
    StringBuilder text = new StringBuilder();
    for (ConfigurationLine line : ConfigurationFile.parse(present).lines()) {
      String name = line.name();
      // As ALTER SYSTEM does with the earlier lines of what it sets.
      boolean superseded = name != null && recovery.containsKey(name);
      if (!superseded && !line.text().equals(HEADING)) {
        text.append(line.text()).append('\n');
      }
    }
    lines(lasting(targetsElsewhere)).forEach(line -> text.append(line).append('\n'));
    temporaryLines(targetsElsewhere).forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /**
   * Those lines of postgresql.auto.conf that are of this recovery alone, and are removed when it
   * ends. By such a line it is removed, so that none is one of those that stay.
   *
   * @param targetsElsewhere as for {@link #autoConf}
   */
  public List<String> temporaryLines(Set<String> targetsElsewhere) {
    Map<String, String> temporary = recovery();
    lasting(targetsElsewhere).forEach(temporary::remove);
    return Stream.concat(Stream.of(HEADING), lines(temporary).stream()).toList();
  }

  /** What holds after the recovery too, for this server and for what is cloned from it. */
  private Map<String, String> lasting(Set<String> targetsElsewhere) {
    Map<String, String> all = new LinkedHashMap<>();
    targetsElsewhere.stream().sorted().forEach(name -> all.put(name, ""));
    if (options.archivingOff()) {
      all.put("archive_mode", "off");
    }
    CopySettings copy = options.copy();
    if (copy != null) {
      all.putAll(copy.settings(majorVersion));
    }
    return all;
  }

  private Map<String, String> recovery() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("restore_command", restoreCommand);
    all.put("recovery_target_timeline", options.timeline());
    // The one that is set comes last: the server takes each that follows it for a second target.
    Map<String, String> target = target();
    TARGETS.stream()
        .filter(name -> !target.containsKey(name))
        .sorted()
        .forEach(name -> all.put(name, ""));
    all.putAll(target);
    Boolean inclusive = options.inclusive();
    all.put("recovery_target_inclusive", onOff(inclusive == null || inclusive));
    RecoveryOptions.Action action = options.action();
    all.put(
        "recovery_target_action",
        action == null ? RecoveryOptions.Action.PAUSE.word() : action.word());
    String endCommand = options.endCommand();
    all.put(
        END_COMMAND,
        endCommand == null
            ? RecoveryEndScript.COMMAND
            : RecoveryEndScript.COMMAND + "; " + endCommand);
    all.put("recovery_min_apply_delay", "0");
    String conninfo = options.primaryConninfo();
    all.put("primary_conninfo", conninfo == null ? "" : conninfo);
    String slot = options.primarySlot();
    all.put("primary_slot_name", slot == null ? "" : slot);
    all.put("archive_cleanup_command", "");
    // A server refuses to start with a setting that its version does not know.
    if (majorVersion < 16) {
      all.put("promote_trigger_file", "");
    }
    if (majorVersion >= 17) {
      all.put("sync_replication_slots", "off");
    }
    return all;
  }

  private Map<String, String> target() {
    RecoveryTarget target = options.target();
    if (target instanceof Time time) {
      return Map.of("recovery_target_time", RecoveryTime.format(time.time()));
    } else if (target instanceof Name name) {
      return Map.of("recovery_target_name", name.name());
    } else if (target instanceof Transaction transaction) {
      return Map.of("recovery_target_xid", Long.toString(transaction.xid()));
    } else if (target instanceof AtLsn at) {
      return Map.of("recovery_target_lsn", at.lsn().toString());
    } else if (target instanceof Immediate) {
      return Map.of("recovery_target", "immediate");
    } else if (target instanceof Latest) {
      return Map.of();
    }
    throw new IllegalStateException("no such recovery target: " + target);
  }

  private static String onOff(boolean on) {
    return on ? "on" : "off";
  }

  private static void put(Map<String, String> all, String name, @Nullable String value) {
    if (value != null) {
      all.put(name, value);
    }
  }

  private static List<String> lines(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(one -> ConfigurationLine.of(one.getKey(), PostgresText.inUtf8(one.getValue())))
        .toList();
  }
}
