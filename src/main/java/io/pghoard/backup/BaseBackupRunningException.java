// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.config.SiteName;
import java.io.IOException;

/** A base backup was to be begun while another one of the same site is being taken. */
public final class BaseBackupRunningException extends IOException {
  private static final long serialVersionUID = 1L;

  BaseBackupRunningException(SiteName site, String name) {
    super(
        "the base backup "
            + name
            + " of site "
            + site
            + " is still being taken; wait until it has finished");
  }
}
