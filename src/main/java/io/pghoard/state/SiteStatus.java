// SPDX-License-Identifier: Apache-2.0
package io.pghoard.state;

import io.pghoard.archive.WalBacklog;
import io.pghoard.backup.BaseBackupSchedule;
import io.pghoard.backup.BaseBackupStatus;
import io.pghoard.backup.BaseBackups;
import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The state of one site. */
public record SiteStatus(BaseBackups backups, BaseBackupSchedule schedule, BaseBackupList list) {
  public Map<String, @Nullable Object> of(SiteConfig site) {
    Map<String, @Nullable Object> state = new LinkedHashMap<>();
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
    try {
      Instant requested = schedule.requestedAt(site.name());
      state.put("basebackup_requested", requested == null ? null : requested.toString());
      Path data = site.dataDirectory();
      state.put("wal_backlog", data == null ? null : backlog(data));
    } catch (IOException e) {
      state.put("wal_backlog_error", e.getMessage());
    }
    return state;
  }

  private static Map<String, @Nullable Object> backlog(Path data) throws IOException {
    WalBacklog backlog = WalBacklog.in(new DataDirectory(data).wal());
    Map<String, @Nullable Object> state = new LinkedHashMap<>();
    state.put("files", backlog.files());
    Instant oldest = backlog.oldest();
    state.put("oldest", oldest == null ? null : oldest.toString());
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

  private static Map<String, @Nullable Object> of(BaseBackupStatus.Ended ended) {
    Map<String, @Nullable Object> state = new LinkedHashMap<>();
    state.put("name", ended.name());
    state.put("start_time", ended.startTime().toString());
    state.put("end_time", ended.endTime().toString());
    state.put("failure", ended.failure());
    return state;
  }
}
