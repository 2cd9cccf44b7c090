// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.config.SiteName;
import io.pghoard.lease.BaseBackupElsewhereException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why there is no base backup.
 *
 * @param cause as a route has it
 */
record BaseBackupFailure(Throwable cause) {
  private static final Logger LOG = LoggerFactory.getLogger(BaseBackupFailure.class);

  /** For people: Camel wraps what a bean throws, and its own words help nobody. */
  String reason() {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof IOException) {
        return String.valueOf(each.getMessage());
      }
    }
    return String.valueOf(cause.getMessage());
  }

  /** Tells it in the log; when the base backup is taken elsewhere, nothing has failed. */
  void log(SiteName site) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof BaseBackupElsewhereException) {
        LOG.info("Site {}: no base backup is started: {}", site, each.getMessage());
        return;
      }
    }
    LOG.error("Site {}: a base backup failed: {}", site, reason());
  }
}
