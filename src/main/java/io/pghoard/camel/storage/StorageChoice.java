// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import java.io.IOException;

/** Tells the four doors which branch a site's objects take. */
public final class StorageChoice {
  private final Sites sites;

  public StorageChoice(Sites sites) {
    this.sites = sites;
  }

  /** The site's storage type as pghoard.json writes it: {@code local}. */
  public String type(SiteName site) throws IOException {
    return sites.get(site).storage().type();
  }
}
