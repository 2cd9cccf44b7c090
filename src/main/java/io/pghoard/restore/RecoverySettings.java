// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.restore.RecoveryTarget.AtLsn;
import io.pghoard.restore.RecoveryTarget.Immediate;
import io.pghoard.restore.RecoveryTarget.Name;
import io.pghoard.restore.RecoveryTarget.Time;
import io.pghoard.restore.RecoveryTarget.Transaction;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings that make a restored cluster recover, and the file that tells it to.
 *
 * <p>Source: <a href="https://www.postgresql.org/docs/15/runtime-config-wal.html">archive recovery
 * and recovery target</a>; before PostgreSQL 12, recovery.conf.
 *
 * @param majorVersion of the server that was backed up: 9, 10, 11, ..., 15
 * @param restoreCommand the shell command that fetches a file of WAL
 */
public record RecoverySettings(int majorVersion, RecoveryOptions options, String restoreCommand) {
  /** Whether the settings are in recovery.conf, a file of its own. */
  public boolean inRecoveryConf() {
    return majorVersion < 12;
  }

  /** The empty file that starts recovery, from PostgreSQL 12 on. */
  public String signalFile() {
    return options.standby() ? "standby.signal" : "recovery.signal";
  }

  /** The text of recovery.conf. */
  public String recoveryConf() {
    StringBuilder text = new StringBuilder();
    parameters().forEach((name, value) -> text.append(line(name, value)));
    text.append(line("standby_mode", options.standby() ? "on" : "off"));
    return text.toString();
  }

  /**
   * The lines to append to postgresql.auto.conf.
   *
   * @param present what that file says so far, as it came with the base backup. A recovery target
   *     that an earlier restore has left there is reset, as the server refuses to start with two
   */
  public String autoConf(String present) {
    Map<String, String> parameters = parameters();
    StringBuilder text = new StringBuilder("# Recovery settings, appended by pghoard_restore.\n");
    AutoConf.read(present)
        .forEach(
            (name, value) -> {
              boolean stale = name.startsWith("recovery_target") || name.equals(END_COMMAND);
              if (stale && !value.isEmpty() && !parameters.containsKey(name)) {
                text.append(line(name, AutoConf.DEFAULTS.getOrDefault(name, "")));
              }
            });
    parameters.forEach((name, value) -> text.append(line(name, value)));
    if (options.archivingOff()) {
      text.append(line("archive_mode", "off"));
    }
    return text.toString();
  }

  private static final String END_COMMAND = "recovery_end_command";

  private Map<String, String> parameters() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("restore_command", restoreCommand);
    // Before PostgreSQL 12, staying on the backup's timeline is said by saying nothing.
    if (!inRecoveryConf() || !options.timeline().equals("current")) {
      all.put("recovery_target_timeline", options.timeline());
    }
    putTarget(all, options.target());
    Boolean inclusive = options.inclusive();
    put(all, "recovery_target_inclusive", inclusive == null ? null : inclusive ? "on" : "off");
    RecoveryOptions.Action action = options.action();
    put(all, "recovery_target_action", action == null ? null : action.word());
    put(all, END_COMMAND, options.endCommand());
    put(all, "primary_conninfo", options.primaryConninfo());
    return all;
  }

  private static void putTarget(Map<String, String> all, RecoveryTarget target) {
    if (target instanceof Time time) {
      all.put("recovery_target_time", RecoveryTime.format(time.time()));
    } else if (target instanceof Name name) {
      all.put("recovery_target_name", name.name());
    } else if (target instanceof Transaction transaction) {
      all.put("recovery_target_xid", Long.toString(transaction.xid()));
    } else if (target instanceof AtLsn at) {
      all.put("recovery_target_lsn", at.lsn().toString());
    } else if (target instanceof Immediate) {
      all.put("recovery_target", "immediate");
    }
  }

  private static void put(Map<String, String> all, String name, @Nullable String value) {
    if (value != null) {
      all.put(name, value);
    }
  }

  // In a setting's value a quote is doubled, and a backslash would start an escape.
  private static String line(String name, String value) {
    return name + " = '" + value.replace("\\", "\\\\").replace("'", "''") + "'\n";
  }
}
