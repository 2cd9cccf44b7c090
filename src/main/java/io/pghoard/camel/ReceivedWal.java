// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.archive.WalArchive;
import io.pghoard.config.ReceivePlaces;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.WalFileName;
import io.pghoard.receive.ReceiveDirectory;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;

/** The files that pg_receivewal has finished: which are to be archived now, and which may go. */
public final class ReceivedWal implements GenericFileFilter<File> {
  private final Sites sites;
  private final WalArchive archive;

  ReceivedWal(Sites sites, WalArchive archive) {
    this.sites = sites;
    this.archive = archive;
  }

  /** Whether a file is finished, and not archived for all that this process knows. */
  @Override
  public boolean accept(GenericFile<File> file) {
    String name = file.getFileNameOnly();
    if (file.isDirectory() || !WalFileName.matches(name)) {
      return false;
    }
    Path path = Path.of(file.getAbsoluteFilePath());
    try {
      for (SiteConfig site : sites.config().sites().values()) {
        ReceivePlaces places = ReceivePlaces.of(sites.config(), site);
        if (places.incoming().equals(path.getParent())) {
          WalFileName wal = WalFileName.parse(name);
          // Before a server has said whose WAL this is, nothing can be said of it.
          return Files.exists(places.cluster())
              && archive.wanted(site.name(), wal, path)
              && ReceiveDirectory.of(places.incoming()).isDone(wal);
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes the files that are in the repository, but for what pg_receivewal goes on by. */
  public void release(SiteName site) throws IOException {
    ReceiveDirectory directory =
        ReceiveDirectory.of(ReceivePlaces.of(sites.config(), sites.get(site)).incoming());
    for (WalFileName name : directory.removable()) {
      if (archive.isStored(site, name, directory.file(name))) {
        Files.deleteIfExists(directory.file(name));
      }
    }
  }
}
