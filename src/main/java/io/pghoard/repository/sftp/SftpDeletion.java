// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import io.pghoard.config.SftpStorage;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Deletes objects, many at a time: their bytes first, then the sidecars of those that are gone. */
record SftpDeletion(SftpConnection connection, SftpStorage storage) {
  private static final int AT_ONCE = 64;

  /** Goes on after a refusal, and tells the first one at the end. */
  void delete(List<ObjectKey> keys) throws IOException {
    SftpStatusException failure = null;
    Set<String> directories = new LinkedHashSet<>();
    for (int from = 0; from < keys.size(); from += AT_ONCE) {
      List<ObjectFiles> batch =
          keys.subList(from, Math.min(keys.size(), from + AT_ONCE)).stream()
              .map(key -> ObjectFiles.of(storage, key))
              .toList();
      List<ObjectFiles> gone = new ArrayList<>();
      SftpStatusException ofData =
          remove(batch.stream().map(ObjectFiles::data).toList(), batch, gone);
      SftpStatusException ofSidecar =
          remove(gone.stream().map(ObjectFiles::sidecar).toList(), gone, new ArrayList<>());
      batch.forEach(files -> directories.add(files.directory()));
      failure = failure != null ? failure : ofData != null ? ofData : ofSidecar;
    }
    for (String directory : directories) {
      removeEmpty(directory);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private @Nullable SftpStatusException remove(
      List<String> paths, List<ObjectFiles> of, List<ObjectFiles> gone) throws IOException {
    List<Integer> requests = new ArrayList<>();
    for (String path : paths) {
      requests.add(connection.sendRemove(path));
    }
    SftpStatusException failure = null;
    for (int i = 0; i < paths.size(); i++) {
      try {
        connection.removed(requests.get(i), paths.get(i));
        gone.add(of.get(i));
      } catch (SftpStatusException e) {
        failure = failure == null ? e : failure;
      }
    }
    return failure;
  }

  /** A directory that is not empty is refused, which is as well. */
  private void removeEmpty(String directory) throws IOException {
    String root = storage.root();
    String empty = directory;
    while (empty.length() > root.length() && !empty.equals(root)) {
      try {
        connection.removeDirectory(empty);
      } catch (SftpStatusException e) {
        if (!e.isMissing()) {
          return;
        }
      }
      empty = empty.substring(0, Math.max(0, empty.lastIndexOf('/')));
    }
  }
}
