// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import java.util.ArrayList;
import java.util.List;

/** Looks for what fails again and again, or stands still, and would not be seen otherwise. */
public final class Watch {
  private final TimerAlerts timers;
  private final BaseBackupAlert baseBackups;
  private final Alerts alerts;

  public Watch(TimerAlerts timers, BaseBackupAlert baseBackups, Alerts alerts) {
    this.timers = timers;
    this.baseBackups = baseBackups;
    this.alerts = alerts;
  }

  /** What it means for alerts. */
  public List<AlertChange> changes() {
    alerts.writeAgain();
    List<AlertChange> changes = new ArrayList<>(timers.changes());
    changes.addAll(baseBackups.changes());
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
