// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PythonTime;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The objects that keep retention from deleting a base backup and its WAL while it is restored, as
 * the Python pghoard writes them.
 */
record PreservationRequests(Sites sites, Repositories repositories) {
  void begin(RestoreRun run) throws IOException {
    Preservation preservation = run.request().preservation();
    if (preservation == null) {
      return;
    }
    try {
      repositories
          .of(run.site())
          .put(
              key(run.site(), run.backup(), preservation.until()),
              Map.of(
                  "preserve-backup", run.backup().key().name(),
                  "preserve-until", PythonTime.str(preservation.until())),
              new ByteArrayInputStream(new byte[0]));
    } catch (ObjectExistsException e) {
      // An earlier try of this restore has asked already.
      return;
    }
  }

  void end(RestoreRun run) throws IOException {
    @Nullable Preservation preservation = run.request().preservation();
    if (preservation != null && preservation.cancelOnSuccess()) {
      repositories.of(run.site()).delete(key(run.site(), run.backup(), preservation.until()));
    }
  }

  private ObjectKey key(SiteName site, BaseBackup backup, Instant until) throws IOException {
    SiteKeys keys = new SiteKeys(sites.get(site).prefix());
    return new ObjectKey(
        keys.preservationRequests() + backup.key().name() + "_" + PythonTime.iso(until));
  }
}
