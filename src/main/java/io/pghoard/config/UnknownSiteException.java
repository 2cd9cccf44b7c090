// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.io.IOException;
import java.util.Collection;

/** A site was asked for that pghoard.json does not have. */
public final class UnknownSiteException extends IOException {
  private static final long serialVersionUID = 1L;

  public UnknownSiteException(SiteName name, Collection<SiteName> known) {
    super("there is no site \"" + name + "\" in backup_sites; there are: " + known);
  }
}
