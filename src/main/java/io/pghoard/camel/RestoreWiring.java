// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.camel.http.HttpRestores;
import io.pghoard.camel.http.HttpServerService;
import io.pghoard.config.Sites;
import io.pghoard.restore.RestoreSteps;
import io.pghoard.restore.Restores;
import org.apache.camel.spi.Registry;

/** The beans of the routes that restore. */
record RestoreWiring(Wiring wiring) {
  void bind() {
    Registry registry = wiring.registry();
    Sites sites = wiring.sites();
    registry.bind("restoreSteps", new RestoreSteps(sites, wiring.repositories()));
    registry.bind("restoreThreads", RestoreThreads.of(sites.config().restoreThreads()));
    RestoreCommands commands = new RestoreCommands(sites, this::port, null);
    Restores restores =
        new Restores(
            sites,
            wiring.clock(),
            commands,
            () ->
                Integer.parseInt(
                    wiring.context().resolvePropertyPlaceholders("{{pghoard.restore.processes}}")));
    registry.bind("restores", restores);
    registry.bind("restoreExec", new RestoreExec());
    registry.bind("httpRestores", new HttpRestores(restores));
  }

  /** Where this daemon listens, which for port 0 it knows only when it does. */
  private int port() {
    HttpServerService server =
        wiring.registry().lookupByNameAndType("httpServer", HttpServerService.class);
    return server == null ? wiring.sites().config().httpPort() : server.getPort();
  }
}
