// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import io.pghoard.config.SiteName;
import org.jspecify.annotations.Nullable;

/**
 * What a look at something means for an alert: it is to be raised, or its cause is gone.
 *
 * @param site null for what is no site's
 * @param text what happened and what to do, or null when the cause is gone
 */
public record AlertChange(String name, @Nullable SiteName site, @Nullable String text) {
  public static AlertChange gone(String name, @Nullable SiteName site) {
    return new AlertChange(name, site, null);
  }

  public boolean raised() {
    return text != null;
  }
}
