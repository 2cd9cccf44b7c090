// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.camel.storage.StoreRoutes;
import io.pghoard.camel.storage.Stores;
import io.pghoard.config.Causes;
import io.pghoard.config.ConfigChange;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.scrub.Scrub;
import java.io.IOException;
import java.util.Set;
import org.apache.camel.CamelContext;

/**
 * Puts another configuration in force: routes, stores and clients of the sites that are new, gone
 * or changed. The other sites work on meanwhile.
 */
public record SiteSwitch(CamelContext context, Sites sites, ReloadTurn turn) {
  void to(PghoardConfig next) throws Exception {
    turn.take(() -> apply(next));
  }

  /**
   * All or nothing.
   *
   * @throws IOException when it cannot be; then what was in force is in force again
   */
  private void apply(PghoardConfig next) throws Exception {
    PghoardConfig before = sites.config();
    Set<SiteName> changed = new ConfigChange(before, next).sites();
    // Do what can fail (permissions, disk, a missing route) before changing anything.
    stores().prepare(next);
    StoreRoutes.require(
        context, next.sites().values().stream().filter(s -> changed.contains(s.name())).toList());
    try {
      change(changed, next);
    } catch (Exception e) {
      IOException told =
          new IOException("the routes of its sites cannot be made: " + Causes.reason(e), e);
      try {
        change(changed, before);
      } catch (Exception again) {
        told.addSuppressed(again);
      }
      throw told;
    }
  }

  /**
   * A site that is new is known before its routes run, and one that is gone until they have ended.
   */
  private void change(Set<SiteName> changed, PghoardConfig to) throws Exception {
    Scrub scrub = bean("scrub", Scrub.class);
    changed.forEach(scrub::pause);
    for (SiteName site : changed) {
      SiteTemplates.remove(context, site);
    }
    sites.replace(to);
    for (SiteName site : changed) {
      SiteConfig now = to.sites().get(site);
      stores().forget(site, now == null ? null : now.storage());
      if (now != null) {
        SiteTemplates.instantiate(context, now, to);
      }
      scrub.resume(site);
    }
  }

  private <T> T bean(String name, Class<T> type) {
    return context.getRegistry().lookupByNameAndType(name, type);
  }

  private Stores stores() {
    return bean("stores", Stores.class);
  }

  void closeUnusedClients() {
    stores().closeUnused();
  }
}
