// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.backup.BaseBackups;
import io.pghoard.config.SiteName;
import io.pghoard.restore.Restores;
import java.io.IOException;

/** The long work of a site, its base backup and its restores, which a reload waits for or ends. */
public record SiteWork(BaseBackups backups, Restores restores) {
  boolean isBusy(SiteName site) {
    return backups.isBusy(site) || restores.isBusy(site);
  }

  /** Ends it; it is over some time later, and leaves nothing half done. */
  void end(SiteName site) {
    backups.cancel(site, new IOException("the site was removed from pghoard.json or deactivated"));
    restores.cancelAll(site);
  }
}
