// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PythonTime;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;

/**
 * The objects that keep retention from deleting a base backup and its WAL while it is restored, as
 * the Python pghoard writes them.
 */
public final class Preservations {
  private final Sites sites;
  private final Repositories repositories;

  public Preservations(Sites sites, Repositories repositories) {
    this.sites = sites;
    this.repositories = repositories;
  }

  void begin(RestoreRun run) throws IOException {
    Preservation preservation = run.request().preservation();
    if (preservation == null) {
      return;
    }
    try {
      put(run.site(), run.backup(), preservation.until());
    } catch (IOException e) {
      if (preservation.required()) {
        throw e;
      }
      run.progress()
          .note(
              "the base backup could not be exempted from retention, which may delete it while it"
                  + " is restored: "
                  + e.getMessage());
    }
  }

  void end(RestoreRun run) throws IOException {
    Preservation preservation = run.request().preservation();
    if (preservation != null && preservation.cancelOnSuccess()) {
      repositories.of(run.site()).delete(key(run.site(), run.backup(), preservation.until()));
    }
  }

  /**
   * Exempts a base backup and the WAL after it from retention, for a restore on another machine.
   *
   * @param name of the base backup, or the name or key of its main object
   * @param until with its offset from UTC
   */
  public void preserve(SiteName site, String name, String until) throws IOException {
    put(site, find(site, name), time(until));
  }

  /** Ends what {@link #preserve} began. */
  public void release(SiteName site, String name, String until) throws IOException {
    repositories.of(site).delete(key(site, find(site, name), time(until)));
  }

  private BaseBackup find(SiteName site, String name) throws IOException {
    SiteKeys keys = new SiteKeys(sites.get(site).prefix());
    return new Catalogue(repositories.of(site), keys)
        .baseBackup(name)
        .orElseThrow(
            () ->
                new UnknownBaseBackupException(
                    "site %s has no base backup %s".formatted(site, name)));
  }

  private static Instant time(String text) {
    try {
      return PythonTime.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not a time with its offset from UTC: " + text, e);
    }
  }

  private void put(SiteName site, BaseBackup backup, Instant until) throws IOException {
    try {
      repositories
          .of(site)
          .put(
              key(site, backup, until),
              Map.of(
                  "preserve-backup", backup.key().name(), "preserve-until", PythonTime.str(until)),
              new ByteArrayInputStream(new byte[0]));
    } catch (ObjectExistsException e) {
      // An earlier try of this restore has asked already.
      return;
    }
  }

  private ObjectKey key(SiteName site, BaseBackup backup, Instant until) throws IOException {
    SiteKeys keys = new SiteKeys(sites.get(site).prefix());
    return new ObjectKey(
        keys.preservationRequests() + backup.key().name() + "_" + PythonTime.iso(until));
  }
}
