// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.archive.WalArchive;
import io.pghoard.config.ReceivePlaces;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalPageHeader;
import io.pghoard.receive.LostWal;
import io.pghoard.receive.ReceiveDirectory;
import io.pghoard.receive.RefusedWal;
import io.pghoard.receive.RolledBack;
import io.pghoard.repository.HistoryBreaks;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files that pg_receivewal has finished: which are to be archived now, and which may go. */
public final class ReceivedWal implements GenericFileFilter<File> {
  private static final Logger LOG = LoggerFactory.getLogger(ReceivedWal.class);

  private final Sites sites;
  private final Repositories repositories;
  private final WalArchive archive;

  ReceivedWal(Sites sites, Repositories repositories, WalArchive archive) {
    this.sites = sites;
    this.repositories = repositories;
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
              && (wal.kind() != WalFileName.Kind.PARTIAL || isDonePartial(places, wal));
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The directory is only listed for partial segments: after an outage it may hold thousands. */
  private static boolean isDonePartial(ReceivePlaces places, WalFileName name) throws IOException {
    ReceiveDirectory directory = ReceiveDirectory.of(places.incoming());
    return directory.isDone(name)
        || (LostWal.noted(places) != null && !isBlank(directory.file(name)));
  }

  /**
   * Empties the directory of a receiver that cannot go on where it ends, once all that is in it is
   * in the repository.
   */
  public void startOver(SiteName site) throws IOException {
    ReceivePlaces places = ReceivePlaces.of(sites.config(), sites.get(site));
    LostWal lost = LostWal.noted(places);
    if (lost == null) {
      return;
    }
    ReceiveDirectory directory = ReceiveDirectory.of(places.incoming());
    for (WalFileName name : directory.segments()) {
      Path file = directory.file(name);
      if (!archive.isStored(site, name, file)
          && !archive.isConflict(site, name, file)
          && !isBlank(file)) {
        return;
      }
    }
    for (WalFileName name : directory.segments()) {
      if (archive.isConflict(site, name, directory.file(name))) {
        setAside(site, places, directory.file(name));
      }
    }
    // The newest goes last: cut off before, this is found again as it is.
    for (WalFileName name : directory.segments()) {
      Files.deleteIfExists(directory.file(name));
    }
    WalFileName begin = lost.begin();
    if (begin != null) {
      // Empty, so that pg_receivewal begins with it, and writes it.
      Files.createFile(directory.file(begin));
    }
    LostWal.clear(places);
    if (begin == null) {
      LOG.warn("Site {}: WAL was lost, and receiving starts over: {}", site, lost.reason());
    } else {
      LOG.warn("Site {}: receiving starts over at {}: {}", site, begin.segment(), lost.reason());
    }
  }

  /** Whether pg_receivewal has made a file and written nothing into it. */
  private static boolean isBlank(Path file) throws IOException {
    if (!file.getFileName().toString().endsWith(".partial")) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      for (byte each : in.readNBytes(WalPageHeader.LENGTH)) {
        if (each != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * Removes a file that is in the repository, and those before it, but for what pg_receivewal goes
   * on by. Those after it are looked at when they are stored.
   */
  public void release(SiteName site, WalFileName stored) throws IOException {
    ReceivePlaces places = ReceivePlaces.of(sites.config(), sites.get(site));
    ReceiveDirectory directory = ReceiveDirectory.of(places.incoming());
    note(site, places, stored, directory.file(stored));
    for (WalFileName name : directory.removableUpTo(stored)) {
      Path file = directory.file(name);
      if (archive.isStored(site, name, file)) {
        Files.deleteIfExists(file);
      } else if (archive.isConflict(site, name, file)) {
        setAside(site, places, file);
      }
    }
  }

  /** Notes that a server was rolled back, or that it has gone beyond the former history. */
  private void note(SiteName site, ReceivePlaces places, WalFileName name, Path file)
      throws IOException {
    if (name.kind() != WalFileName.Kind.SEGMENT) {
      return;
    }
    if (archive.isConflict(site, name, file)) {
      SiteKeys keys = new SiteKeys(sites.get(site).prefix());
      RolledBack.overlap(places, name.segment(), new HistoryBreaks(repositories.of(site), keys));
    } else if (archive.isStored(site, name, file)) {
      RolledBack noted = RolledBack.noted(places);
      if (noted != null && name.segment().compareTo(noted.taken()) > 0) {
        RolledBack.clear(places);
        LOG.info("Site {}: the server has passed the end of the stored WAL", site);
      }
    }
  }

  /**
   * Moves a file away that can never be stored, as its name is taken: in pg_receivewal's directory
   * it would be tried for ever, and would stand in the way of beginning anew.
   */
  private static void setAside(SiteName site, ReceivePlaces places, Path file) throws IOException {
    Path kept = RefusedWal.keep(places, file);
    LOG.warn(
        "Site {}: moved {} to {}: different WAL is stored under its name; remove it when it is no longer needed",
        site,
        file.getFileName(),
        kept);
  }
}
