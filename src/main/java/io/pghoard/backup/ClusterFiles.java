// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of a base backup in the order in which they arrive, under their names in a chunk;
 * directories and held files are put aside. Used by one thread at a time.
 */
final class ClusterFiles implements Closeable {
  private final BackupTars tars;
  private final HeldFiles held;
  private final Runnable dataArrived;
  private final Map<String, TarEntry> directories = new TreeMap<>();
  private @Nullable TarReader reader;
  private String prefix = "";
  private @Nullable TarEntry peeked;
  private boolean ended;

  /**
   * Reads nothing yet.
   *
   * @param dataArrived run once, when all that is still to come is pg_control and the
   *     backup_manifest
   */
  ClusterFiles(BackupTars tars, HeldFiles held, Runnable dataArrived) {
    this.tars = tars;
    this.held = held;
    this.dataArrived = dataArrived;
  }

  /** The next file, without taking it; null at the end of the backup. */
  @Nullable TarEntry peek() throws IOException {
    while (peeked == null && !ended) {
      TarEntry entry = reader == null ? null : reader.next();
      if (entry != null) {
        peeked = sort(entry);
      } else {
        openNext();
      }
    }
    return peeked;
  }

  /** Takes the file that was seen last; its content must be read before the next one is seen. */
  InputStream take() {
    if (peeked == null || reader == null) {
      throw new IllegalStateException("no file was seen");
    }
    peeked = null;
    return reader.content();
  }

  /** The directories above a file, outermost first, without the one that holds them all. */
  List<TarEntry> parents(TarEntry file) {
    List<TarEntry> parents = new ArrayList<>();
    String name = file.name();
    for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
      TarEntry directory = directories.get(name.substring(0, slash));
      if (directory != null) {
        parents.add(directory);
      }
    }
    return parents;
  }

  /** All directories that have arrived, each after that which holds it. */
  Collection<TarEntry> directories() {
    return List.copyOf(directories.values());
  }

  @Override
  public void close() throws IOException {
    tars.close();
  }

  private void openNext() throws IOException {
    BackupTars.Tar tar = tars.next();
    if (tar == null) {
      ended = true;
    } else {
      reader = new TarReader(tar.content());
      prefix = tar.prefix();
    }
  }

  /** The entry as it goes into a chunk, or null when it does not. */
  private @Nullable TarEntry sort(TarEntry entry) throws IOException {
    boolean ofCluster = prefix.equals("pgdata/");
    if (ofCluster && entry.name().equals("global/pg_control")) {
      // Before its content: pg_basebackup keeps the last bytes in its buffer while the server
      // waits.
      dataArrived.run();
    }
    if (ofCluster && reader != null && held.keep(entry.name(), entry, reader.content())) {
      return null;
    }
    boolean link = entry.type() == TarEntry.Type.SYMLINK;
    if (entry.name().equals(".") || (ofCluster && link && entry.name().startsWith("pg_tblspc/"))) {
      // A restore makes the links of tablespaces itself, as they may go elsewhere.
      return null;
    }
    TarEntry named = entry.named(prefix + entry.name());
    if (entry.type() == TarEntry.Type.DIRECTORY) {
      directories.put(named.name(), named);
      return null;
    }
    return named;
  }
}
