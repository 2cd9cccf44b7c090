// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.ControlFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an operator should know of a restored configuration before the server is started. */
record ConfigurationRemarks(RestoredConfiguration configuration, RecoveryOptions options) {
  /** What leads a recovery elsewhere, or holds it up. */
  private static final Set<String> FOREIGN =
      Set.of(
          "recovery_target",
          "recovery_target_time",
          "recovery_target_name",
          "recovery_target_xid",
          "recovery_target_lsn",
          "recovery_min_apply_delay",
          "primary_slot_name",
          "archive_cleanup_command",
          "promote_trigger_file");

  /** The server's own defaults. */
  private static final Map<String, Integer> DEFAULTS =
      Map.of(
          "max_connections", 100,
          "max_worker_processes", 8,
          "max_wal_senders", 10,
          "max_prepared_transactions", 0,
          "max_locks_per_transaction", 64);

  List<String> all(ControlFile control) {
    List<String> remarks = new ArrayList<>();
    Set<String> foreign = new TreeSet<>(configuration.set(FOREIGN));
    if (!foreign.isEmpty()) {
      remarks.add(
          "the backed-up configuration sets %s, which this recovery does not use"
              .formatted(String.join(", ", foreign)));
    }
    String synchronous = configuration.value("synchronous_standby_names");
    if (!options.standby()
        && options.copy() == null
        && synchronous != null
        && !synchronous.isEmpty()) {
      remarks.add(
          "synchronous_standby_names is set in the restored configuration: when it is a primary,"
              + " each commit waits for such a standby; to do without: ALTER SYSTEM SET"
              + " synchronous_standby_names = '' and SELECT pg_reload_conf()");
    }
    if (isHotStandby()) {
      if (configuration.isKnown()) {
        control
            .requiredSettings()
            .forEach((name, required) -> addIfTooLow(name, required, remarks));
      }
    } else if (options.action() == null && !(options.target() instanceof RecoveryTarget.Latest)) {
      remarks.add(
          "hot_standby is off in the restored configuration: at the recovery target the server shuts"
              + " down, as nobody could end the pause; set hot_standby = on, or restore with a"
              + " recovery target action");
    }
    return remarks;
  }

  private boolean isHotStandby() {
    String value = configuration.value("hot_standby");
    return value == null || PathSettings.isOn(value);
  }

  private void addIfTooLow(String name, int required, List<String> remarks) {
    Integer value = number(configuration.value(name), DEFAULTS.get(name));
    if (value != null && value < required) {
      remarks.add(
          "%s is %d in the restored configuration, and was %d when the base backup was taken: the"
                  .formatted(name, value, required)
              + " server cannot recover with less; before you start it, set "
              + name
              + " = "
              + required
              + " in the restored configuration");
    }
  }

  private static @Nullable Integer number(@Nullable String text, @Nullable Integer otherwise) {
    if (text == null) {
      return otherwise;
    }
    return text.matches("[0-9]{1,9}") ? Integer.valueOf(text) : null;
  }
}
