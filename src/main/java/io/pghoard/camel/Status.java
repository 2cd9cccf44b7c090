// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.backup.BaseBackupStatus;
import io.pghoard.backup.BaseBackups;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.Sites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The state of the daemon and of its sites, for {@code GET /status} and the state file. */
public final class Status {
  private final Sites sites;
  private final BaseBackups backups;
  private final BaseBackupList list;
  private final Instant startup;

  Status(Sites sites, BaseBackups backups, BaseBackupList list, Clock clock) {
    this.sites = sites;
    this.backups = backups;
    this.list = list;
    this.startup = clock.instant();
  }

  public Map<String, Object> state() {
    Map<String, Object> bySite = new LinkedHashMap<>();
    for (SiteConfig site : sites.config().sites().values()) {
      bySite.put(site.name().text(), of(site));
    }
    return Map.of(
        "startup_time",
        startup.toString(),
        "maintenance_mode",
        Files.exists(sites.config().maintenanceModeFile()),
        "backup_sites",
        bySite);
  }

  /** Writes the state to {@code json_state_file_path}, whole or not at all. */
  public void write() throws IOException {
    Path file = sites.config().stateFile();
    Path draft = file.resolveSibling("." + file.getFileName() + ".tmp");
    Files.writeString(draft, HttpAnswer.text(state()));
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private Map<String, Object> of(SiteConfig site) {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("active", site.active());
    try {
      state.putAll(list.of(site.name()));
    } catch (IOException e) {
      // The rest of the state is worth most while the storage does not answer.
      state.put("basebackups_error", e.getMessage());
    }
    BaseBackupStatus status = backups.status(site.name());
    BaseBackupStatus.Running running = status.running();
    if (running != null) {
      state.put("running_basebackup", of(running));
    }
    BaseBackupStatus.Ended last = status.last();
    if (last != null) {
      state.put("last_basebackup", of(last));
    }
    state.put("failed_basebackups", status.failures());
    return state;
  }

  private static Map<String, Object> of(BaseBackupStatus.Running running) {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("name", running.name());
    state.put("reason", running.reason());
    state.put("start_time", running.startTime().toString());
    state.put("phase", running.phase().name().toLowerCase(Locale.ROOT));
    state.put("done_bytes", running.doneBytes());
    state.put("total_bytes", running.totalBytes());
    return state;
  }

  private static Map<String, Object> of(BaseBackupStatus.Ended ended) {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("name", ended.name());
    state.put("start_time", ended.startTime().toString());
    state.put("end_time", ended.endTime().toString());
    state.put("failure", ended.failure());
    return state;
  }
}
