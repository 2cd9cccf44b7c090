// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

/** The configuration in force, which a reload may replace. */
public final class Sites {
  private volatile PghoardConfig config;

  public Sites(PghoardConfig config) {
    this.config = config;
  }

  public PghoardConfig config() {
    return config;
  }

  public void replace(PghoardConfig next) {
    config = next;
  }

  /**
   * Finds a site by its name.
   *
   * @throws UnknownSiteException when pghoard.json has no such site
   */
  public SiteConfig get(SiteName name) throws UnknownSiteException {
    SiteConfig site = config.sites().get(name);
    if (site == null) {
      throw new UnknownSiteException(name, config.sites().keySet());
    }
    return site;
  }
}
