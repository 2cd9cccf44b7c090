// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import io.pghoard.backup.BaseBackupStatus;
import io.pghoard.backup.BaseBackupStatus.Ended;
import io.pghoard.backup.BaseBackups;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.Sites;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What base backups that fail one after the other mean for a site's alert. */
public record BaseBackupAlert(Sites sites, BaseBackups backups) {
  static final String NAME = "base_backup_failed";

  /** The first may be a passing fault. */
  private static final int AGAIN = 2;

  List<AlertChange> changes() {
    List<AlertChange> changes = new ArrayList<>();
    for (SiteConfig site : sites.config().sites().values()) {
      AlertChange change = site.active() ? change(site, backups.status(site.name())) : null;
      if (change != null) {
        changes.add(change);
      }
    }
    return changes;
  }

  /** Null while nobody knows whether the cause of a former run's alert is gone. */
  public static @Nullable AlertChange change(SiteConfig site, BaseBackupStatus status) {
    Ended last = status.last();
    if (last != null && last.failure() == null) {
      return AlertChange.gone(NAME, site.name());
    }
    return status.failures() < AGAIN
        ? null
        : new AlertChange(NAME, site.name(), text(site, status.failures(), last));
  }

  private static String text(SiteConfig site, int failures, @Nullable Ended last) {
    String what =
        last == null
            ? "or were interrupted when the daemon stopped; see its log"
            : "the last one at %s: %s".formatted(last.endTime(), last.failure());
    return """
    %d base backups in a row have failed, %s
    see what it complains of; the next one is tried by itself within the hour, and with PUT /%s/basebackup at once"""
        .formatted(failures, what, site.name());
  }
}
