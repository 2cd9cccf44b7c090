// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.config.SiteName;

/** A door to storage that keeps something open for each site: a client. */
public interface SiteDoor {
  /**
   * Lets go of what it has for a site, whose storage is another one now, or none. Work that is
   * under way still has it.
   */
  void forget(SiteName site);
}
