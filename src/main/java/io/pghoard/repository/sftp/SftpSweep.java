// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import io.pghoard.config.SftpStorage;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.Sidecar;
import io.pghoard.repository.sftp.SftpTree.Leftover;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Removes what killed writers left. Its clock is the server's, as the files' times are. */
record SftpSweep(SftpConnection connection, SftpStorage storage) {
  List<String> sweep(String prefix, Duration age) throws IOException {
    String folder = prefix.substring(0, prefix.lastIndexOf('/') + 1);
    List<Leftover> leftovers =
        new ArrayList<>(new SftpTree(connection, storage.root()).leftovers(folder));
    List<String> removed = new ArrayList<>();
    if (leftovers.isEmpty()) {
      return removed;
    }
    Instant now = now();
    leftovers.sort(Comparator.comparing(SftpSweep::turn));
    for (Leftover leftover : leftovers) {
      boolean old = leftover.entry().facts().modified().isBefore(now.minus(age));
      if (old && remove(leftover, now)) {
        removed.add(path(leftover));
      }
    }
    return removed;
  }

  /**
   * Lone sidecars come first, while the bytes are there that may belong to one; then bytes before
   * their own sidecar, as without it they would look like those of an object that has its name.
   */
  private static int turn(Leftover leftover) {
    if (leftover.loneSidecar()) {
      return 0;
    }
    return leftover.entry().name().endsWith(Sidecar.SUFFIX) ? 2 : 1;
  }

  private boolean remove(Leftover leftover, Instant now) throws IOException {
    if (!leftover.loneSidecar()) {
      connection.remove(path(leftover));
      return true;
    }
    ObjectKey key = key(leftover);
    return key != null
        && new SftpPublication(connection, key, ObjectFiles.of(storage, key)).clearLoneSidecar(now);
  }

  private static @Nullable ObjectKey key(Leftover leftover) {
    String name = leftover.entry().name();
    String key = leftover.directory() + name.substring(0, name.length() - Sidecar.SUFFIX.length());
    return ObjectKey.matches(key) ? new ObjectKey(key) : null;
  }

  private String path(Leftover leftover) {
    return SftpStorage.below(storage.root(), leftover.directory() + leftover.entry().name());
  }

  private Instant now() throws IOException {
    String path =
        SftpStorage.below(storage.root(), ObjectFiles.INCOMING + "clock-" + System.nanoTime());
    try (RemoteFile file = RemoteFile.create(connection, path)) {
      return file.facts().modified();
    } finally {
      connection.remove(path);
    }
  }
}
