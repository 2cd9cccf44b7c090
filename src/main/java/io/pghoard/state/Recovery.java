// SPDX-License-Identifier: Apache-2.0
package io.pghoard.state;

import io.pghoard.backup.BaseBackupSchedule;
import io.pghoard.config.SiteName;
import io.pghoard.restore.RecoveryWindows;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What of a site can be recovered, as {@code GET /SITE/recovery} tells it; and what mends it. */
public final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private final RecoveryWindows windows;
  private final BaseBackupSchedule schedule;
  private final Map<SiteName, String> suspected = new ConcurrentHashMap<>();
  private final Map<SiteName, String> asked = new ConcurrentHashMap<>();

  public Recovery(RecoveryWindows windows, BaseBackupSchedule schedule) {
    this.windows = windows;
    this.schedule = schedule;
  }

  /** {@code {"windows": [...], "gaps": [...]}}. */
  public Map<String, Object> of(SiteName site) throws IOException {
    RecoveryFacts facts = new RecoveryFacts(windows.of(site));
    return Map.of("windows", facts.windows(), "gaps", facts.gaps());
  }

  /**
   * What is broken of the way from the newest base backup to the newest WAL, and was so when it was
   * last asked; or null. Segments are stored side by side: what is missing once is on its way.
   */
  public @Nullable String broken(SiteName site) throws IOException {
    String broken = windows.broken(site);
    if (broken == null) {
      suspected.remove(site);
      asked.remove(site);
      return null;
    }
    return broken.equals(suspected.put(site, broken)) ? broken : null;
  }

  /** Asks for a base backup behind what is broken, once. */
  public void mend(SiteName site, String broken) throws IOException {
    if (!broken.equals(asked.get(site))) {
      schedule.request(site);
      asked.put(site, broken);
      LOG.warn("Site {}: a base backup is requested: {}", site, broken);
    }
  }
}
