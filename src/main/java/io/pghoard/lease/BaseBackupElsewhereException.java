// SPDX-License-Identifier: Apache-2.0
package io.pghoard.lease;

import io.pghoard.config.SiteName;
import java.io.IOException;

/** Another daemon takes the base backups of the site; this one is not to take any meanwhile. */
public final class BaseBackupElsewhereException extends IOException {
  private static final long serialVersionUID = 1L;

  public BaseBackupElsewhereException(SiteName site, PghoardId other) {
    super(
        "another daemon, %s, is taking a base backup of site %s into the same repository"
            .formatted(other, site));
  }
}
