// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.alert.Alerts;
import io.pghoard.backup.BaseBackups;
import io.pghoard.camel.reload.ConfigReload;
import io.pghoard.camel.reload.RouteReload;
import io.pghoard.config.BackupMode;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.receive.ReceiverStatus;
import io.pghoard.receive.WalReceivers;
import io.pghoard.scrub.Scrub;
import io.pghoard.scrub.ScrubProgress;
import io.pghoard.state.SiteStatus;
import io.pghoard.state.StateFile;
import io.pghoard.state.Transfers;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.spi.Registry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state of the daemon and of its sites, for {@code GET /status} and the state file. */
public final class Status {
  private static final Logger LOG = LoggerFactory.getLogger(Status.class);

  private final Sites sites;
  private final SiteStatus ofSite;
  private final Registry registry;
  private final Instant startup;

  /**
   * The state from now on.
   *
   * @param registry where the daemon's other parts are, some of which come after this one
   */
  Status(Sites sites, SiteStatus ofSite, Registry registry, Clock clock) {
    this.sites = sites;
    this.ofSite = ofSite;
    this.registry = registry;
    this.startup = clock.instant();
  }

  public Map<String, Object> state() {
    Map<String, Object> bySite = new LinkedHashMap<>();
    for (SiteConfig site : sites.config().sites().values()) {
      Map<String, @Nullable Object> ofOne = ofSite.of(site);
      ofOne.put("scrub", scrub(site));
      bySite.put(site.name().text(), ofOne);
    }
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("state_version", StateFile.VERSION);
    state.put("startup_time", startup.toString());
    state.put("pid", ProcessHandle.current().pid());
    state.put("maintenance_mode", sites.config().inMaintenance());
    state.put("configuration", configuration());
    state.put("routes", bean("routeReload", RouteReload.class).state());
    state.put("alerts", bean("alerts", Alerts.class).raised());
    state.put("backup_sites", bySite);
    state.put("pg_receivexlogs", receivers());
    state.put("transfer_agent_state", bean("transfers", Transfers.class).state());
    return state;
  }

  /** Writes the state to {@code json_state_file_path}, whole or not at all. */
  public void write() throws IOException {
    new StateFile(sites.config().stateFile()).write(state());
  }

  private Map<String, @Nullable Object> configuration() {
    ConfigReload reload = bean("configReload", ConfigReload.class);
    Map<String, @Nullable Object> state = new LinkedHashMap<>();
    state.put("refused", reload.refusal());
    state.put("waiting_sites", reload.waiting().stream().map(SiteName::text).toList());
    return state;
  }

  private @Nullable Map<String, Object> scrub(SiteConfig site) {
    ScrubProgress progress = bean("scrub", Scrub.class).progress(site);
    if (progress == null) {
      return null;
    }
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("until", progress.until().toString());
    state.put("since", progress.since().toString());
    state.put("objects", progress.objects());
    state.put("bytes", progress.bytes());
    state.put("damaged", progress.damaged());
    return state;
  }

  /** Goes on from where the daemon before was. */
  void restore(JsonNode before) {
    for (SiteConfig site : sites.config().sites().values()) {
      JsonNode ofSite = before.path("backup_sites").path(site.name().text());
      restoreScrub(site, ofSite.path("scrub").path("until").asText(""));
      // One that was being taken was cut off, and again and again if that is what ends the daemon.
      int cutOff = ofSite.has("running_basebackup") ? 1 : 0;
      bean("baseBackups", BaseBackups.class)
          .restore(site.name(), ofSite.path("failed_basebackups").asInt() + cutOff);
    }
  }

  private void restoreScrub(SiteConfig site, String until) {
    try {
      if (!until.isEmpty()) {
        bean("scrub", Scrub.class).restore(site, Instant.parse(until));
      }
    } catch (DateTimeParseException e) {
      LOG.warn("{} is damaged: {}", sites.config().stateFile(), e.getMessage());
    }
  }

  private Map<String, Object> receivers() {
    WalReceivers receivers = bean("walReceivers", WalReceivers.class);
    Map<String, Object> bySite = new LinkedHashMap<>();
    for (SiteConfig site : sites.config().sites().values()) {
      if (site.active() && site.wal().mode() == BackupMode.PG_RECEIVEXLOG) {
        bySite.put(site.name().text(), of(receivers.status(site.name())));
      }
    }
    return bySite;
  }

  private static Map<String, @Nullable Object> of(ReceiverStatus status) {
    Map<String, @Nullable Object> state = new LinkedHashMap<>();
    state.put("running", status.running());
    state.put("latest_activity", text(status.latestActivity()));
    state.put("node", status.node());
    state.put("trouble", status.trouble());
    state.put("trouble_since", text(status.since()));
    return state;
  }

  private static @Nullable String text(@Nullable Instant moment) {
    return moment == null ? null : moment.toString();
  }

  private <T> T bean(String name, Class<T> type) {
    return registry.lookupByNameAndType(name, type);
  }
}
