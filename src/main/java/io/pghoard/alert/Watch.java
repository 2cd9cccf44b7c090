// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Looks for what fails again and again, or stands still, and would not be seen otherwise. */
public final class Watch {
  private final TimerAlerts timers;
  private final BaseBackupAlert baseBackups;
  private final Alerts alerts;
  private final Supplier<List<AlertChange>> hooks;

  /**
   * Looks at these.
   *
   * @param hooks an operator's own routes
   */
  public Watch(
      TimerAlerts timers,
      BaseBackupAlert baseBackups,
      Alerts alerts,
      Supplier<List<AlertChange>> hooks) {
    this.timers = timers;
    this.baseBackups = baseBackups;
    this.alerts = alerts;
    this.hooks = hooks;
  }

  /** What it means for alerts. */
  public List<AlertChange> changes() {
    alerts.writeAgain();
    List<AlertChange> changes = new ArrayList<>(timers.changes());
    changes.addAll(baseBackups.changes());
    changes.addAll(hooks.get());
    return changes;
  }

  /** What stands still or cannot be told by alert files, for {@code GET /health}. */
  public List<String> troubles() {
    List<String> troubles = new ArrayList<>(timers.still());
    String unwritten = alerts.unwritten();
    if (unwritten != null) {
      troubles.add(unwritten);
    }
    return troubles;
  }
}
