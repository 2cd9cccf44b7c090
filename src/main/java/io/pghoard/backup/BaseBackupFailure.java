// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.config.SiteName;
import io.pghoard.lease.BaseBackupElsewhereException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
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

  /** Whether another daemon takes the base backup, so that nothing has failed. */
  boolean isElsewhere() {
    return elsewhere() != null;
  }

  private @Nullable Throwable elsewhere() {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof BaseBackupElsewhereException) {
        return each;
      }
    }
    return null;
  }

  /** Tells it in the log; when the base backup is taken elsewhere, nothing has failed. */
  void log(SiteName site) {
    Throwable elsewhere = elsewhere();
    if (elsewhere != null) {
      LOG.info("Site {}: no base backup is started: {}", site, elsewhere.getMessage());
      return;
    }
    LOG.error("Site {}: a base backup failed: {}", site, reason());
  }
}
