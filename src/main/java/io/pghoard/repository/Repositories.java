// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.config.SiteName;

/** Finds the store of each site. In the daemon every call goes through the storage routes. */
@FunctionalInterface
public interface Repositories {
  ObjectStore of(SiteName site);
}
