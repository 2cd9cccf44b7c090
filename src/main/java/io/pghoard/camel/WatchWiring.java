// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.alert.Alerts;
import io.pghoard.alert.BaseBackupAlert;
import io.pghoard.alert.TimerAlerts;
import io.pghoard.alert.TimerRuns;
import io.pghoard.alert.Watch;
import io.pghoard.backup.BaseBackups;
import io.pghoard.camel.hook.HookLimits;
import io.pghoard.camel.hook.Hooks;
import io.pghoard.camel.http.Health;
import io.pghoard.camel.reload.RouteReload;
import io.pghoard.host.SteadyClock;
import io.pghoard.state.LostThreads;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.spi.Registry;

/** The beans of the routes that look after the daemon itself. */
record WatchWiring(Wiring wiring) {
  /** After all the others' beans. */
  void bind(LostThreads lostThreads) {
    Registry registry = wiring.registry();
    TimerRuns runs = new TimerRuns(wiring.clock(), System::nanoTime);
    registry.bind("timerRuns", runs);
    HookLimits limits =
        new HookLimits(
            Integer.parseInt(
                wiring.context().resolvePropertyPlaceholders("{{pghoard.hooks.waiting}}")),
            wiring.duration("pghoard.hooks.patience"),
            wiring.duration("pghoard.hooks.longest"));
    Hooks hooks = new Hooks(wiring.context(), limits, wiring.clock(), new SteadyClock());
    registry.bind("hooks", hooks);
    Watch watch =
        new Watch(
            new TimerAlerts(runs, wiring.duration("pghoard.watch.longest-step")),
            new BaseBackupAlert(
                wiring.sites(), registry.lookupByNameAndType("baseBackups", BaseBackups.class)),
            registry.lookupByNameAndType("alerts", Alerts.class),
            hooks::changes);
    registry.bind("watch", watch);
    registry.bind("health", new Health(lostThreads, () -> troubles(watch)));
  }

  private List<String> troubles(Watch watch) {
    List<String> troubles = new ArrayList<>(watch.troubles());
    RouteReload routes = wiring.registry().lookupByNameAndType("routeReload", RouteReload.class);
    String refusal = routes == null ? null : routes.refusal();
    if (refusal != null) {
      troubles.add(refusal);
    }
    return troubles;
  }
}
