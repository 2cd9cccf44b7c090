// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.config.ConfigChange;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import java.util.Set;
import org.apache.camel.CamelContext;

/**
 * Puts another configuration in force: routes, stores and clients of the sites that are new, gone
 * or changed. The other sites work on meanwhile.
 */
record SiteSwitch(CamelContext context, Sites sites, ReloadTurn turn) {
  void to(PghoardConfig next) throws Exception {
    turn.take(() -> apply(next));
  }

  /**
   * A site that is new is known before its routes run, and one that is gone until they have ended.
   */
  private void apply(PghoardConfig next) throws Exception {
    PghoardConfig before = sites.config();
    Set<SiteName> changed = new ConfigChange(before, next).sites();
    // First what may fail for want of a right or of a disk: nothing has changed by then.
    bean("localDoor", LocalDoor.class).create(next);
    for (SiteName site : changed) {
      SiteTemplates.remove(context, site);
    }
    sites.replace(next);
    for (SiteName site : changed) {
      context.getRegistry().findByType(SiteDoor.class).forEach(door -> door.forget(site));
      SiteConfig now = next.sites().get(site);
      if (now != null) {
        SiteTemplates.instantiate(context, now, next);
      }
    }
  }

  private <T> T bean(String name, Class<T> type) {
    return context.getRegistry().lookupByNameAndType(name, type);
  }

  void closeUnusedClients() {
    bean("retiredClients", RetiredClients.class).closeUnused(context);
  }
}
