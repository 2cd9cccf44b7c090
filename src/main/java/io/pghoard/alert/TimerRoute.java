// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import io.pghoard.config.SiteName;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A route that runs on schedule.
 *
 * @param site null for what is no site's
 * @param description what it does, a sentence
 * @param delay before its first run
 * @param period between two runs; null for one that does not run again and again
 */
public record TimerRoute(
    String id,
    @Nullable SiteName site,
    String description,
    Duration delay,
    @Nullable Duration period) {
  /** Whether it was made from a template of that id. */
  public boolean isOf(String template) {
    return site != null && id.equals(template + "-" + site);
  }
}
