// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.backup.BaseBackups;
import io.pghoard.restore.Restores;
import io.pghoard.scrub.Scrub;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.SimpleEventNotifierSupport;

/**
 * Ends the base backups, restores and reading of stored objects that run when the service begins to
 * stop, as the routes' own stop would wait for them, and they may take hours.
 */
final class LongWorkStop extends SimpleEventNotifierSupport {
  private final BaseBackups backups;
  private final Restores restores;
  private final Scrub scrub;

  LongWorkStop(BaseBackups backups, Restores restores, Scrub scrub) {
    this.backups = backups;
    this.restores = restores;
    this.scrub = scrub;
    setIgnoreExchangeEvents(true);
    setIgnoreRouteEvents(true);
    setIgnoreServiceEvents(true);
  }

  @Override
  public void notify(CamelEvent event) {
    if (event instanceof CamelEvent.CamelContextStoppingEvent) {
      restores.stop();
      backups.stop();
      scrub.stop();
    }
  }
}
