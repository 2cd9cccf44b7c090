// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteName;
import java.io.IOException;

/** A restore was asked after that is not known. */
public final class UnknownRestoreException extends IOException {
  private static final long serialVersionUID = 1L;

  public UnknownRestoreException(SiteName site, String id) {
    this("restore", site, id);
  }

  /** Of other work that is remembered likewise. */
  public UnknownRestoreException(String work, SiteName site, String id) {
    super(
        "site "
            + site
            + " has no "
            + work
            + " "
            + id
            + "; they are remembered until"
            + " pghoard is restarted");
  }
}
