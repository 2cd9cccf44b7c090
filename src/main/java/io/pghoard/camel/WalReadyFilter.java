// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.archive.WalArchive;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.Sites;
import io.pghoard.postgres.DataDirectory;
import io.pghoard.postgres.WalFileName;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;

/** Lets those files of archive_status pass whose WAL file the look-ahead should store now. */
final class WalReadyFilter implements GenericFileFilter<File> {
  private static final String READY = ".ready";

  private final Sites sites;
  private final WalArchive archive;

  WalReadyFilter(Sites sites, WalArchive archive) {
    this.sites = sites;
    this.archive = archive;
  }

  @Override
  public boolean accept(GenericFile<File> file) {
    String name = file.getFileNameOnly();
    if (file.isDirectory() || !name.endsWith(READY)) {
      return false;
    }
    try {
      WalFileName wal = WalFileName.parse(name.substring(0, name.length() - READY.length()));
      Path directory = Path.of(file.getAbsoluteFilePath()).getParent();
      for (SiteConfig site : sites.config().sites().values()) {
        Path data = site.dataDirectory();
        if (data == null) {
          continue;
        }
        Path status = new DataDirectory(data).wal().resolve("archive_status");
        if (status.toAbsolutePath().equals(directory) && archive.wanted(site.name(), wal)) {
          return true;
        }
      }
      return false;
    } catch (IllegalArgumentException e) {
      // PostgreSQL does not archive what has no WAL file name, and neither do we.
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
