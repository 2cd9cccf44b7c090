// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import io.pghoard.config.SftpStorage;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PermanentStorageException;
import io.pghoard.repository.Sidecar;
import io.pghoard.repository.sftp.SftpConnection.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The files below the root of a site's storage, read one directory at a time. */
record SftpTree(SftpConnection connection, String root) {
  /** An object as a directory shows it. */
  record Found(ObjectKey key, FileFacts facts) {}

  /** A file that belongs to no object, or not yet. */
  record Leftover(String directory, Entry entry, boolean loneSidecar) {}

  /** The objects whose key starts with {@code prefix} in the order of their keys. */
  List<Found> objects(String prefix) throws IOException {
    List<Found> found = new ArrayList<>();
    String folder = prefix.substring(0, prefix.lastIndexOf('/') + 1);
    // What no key starts with, "../" say, is asked of no server.
    if (folder.isEmpty() || ObjectKey.matches(folder.substring(0, folder.length() - 1))) {
      visit(folder, prefix, found);
    }
    return found;
  }

  private Map<String, Entry> entries(String folder) throws IOException {
    String path = folder.isEmpty() ? "" : folder.substring(0, folder.length() - 1);
    Map<String, Entry> entries = new HashMap<>();
    for (Entry entry : connection.entries(SftpStorage.below(root, path))) {
      entries.put(entry.name(), entry);
    }
    return entries;
  }

  private void visit(String folder, String prefix, List<Found> found) throws IOException {
    Map<String, Entry> entries = entries(folder);
    SortedMap<String, Entry> ordered = new TreeMap<>();
    for (Entry entry : entries.values()) {
      String name = entry.name();
      if (name.startsWith(".")
          || name.contains(Sidecar.SUFFIX)
          || !overlaps(folder + name, prefix)) {
        continue;
      }
      if (entries.containsKey(name + Sidecar.SUFFIX)) {
        ordered.put(name, entry);
      } else if (isFolder(folder, entry)) {
        // With its slash, it sorts among its siblings as the keys below it do.
        ordered.put(name + "/", entry);
      }
    }
    for (Map.Entry<String, Entry> each : ordered.entrySet()) {
      String name = each.getKey();
      if (name.endsWith("/")) {
        visit(folder + name, prefix, found);
      } else if ((folder + name).startsWith(prefix) && ObjectKey.matches(folder + name)) {
        found.add(new Found(new ObjectKey(folder + name), each.getValue().facts()));
      }
    }
  }

  private static boolean overlaps(String path, String prefix) {
    return path.startsWith(prefix) || prefix.startsWith(path);
  }

  /** A link could lead anywhere, and a listing could run in circles. */
  private boolean isFolder(String folder, Entry entry) throws PermanentStorageException {
    if (entry.facts().isLink()) {
      throw new PermanentStorageException(
          "%s is a symbolic link, which is not allowed inside a repository; mount what it points to instead"
              .formatted(SftpStorage.below(root, folder + entry.name())));
    }
    return entry.facts().isDirectory() && !(folder + entry.name()).equals("lost+found");
  }

  /** The files of unfinished uploads, and lone sidecars, in the directories below a folder. */
  List<Leftover> leftovers(String folder) throws IOException {
    List<Leftover> found = new ArrayList<>();
    leftovers(folder, found);
    return found;
  }

  private void leftovers(String folder, List<Leftover> found) throws IOException {
    Map<String, Entry> entries = entries(folder);
    Predicate<String> isThere = entries::containsKey;
    for (Entry entry : entries.values()) {
      String name = entry.name();
      if (name.startsWith(ObjectFiles.INCOMING) || name.startsWith(ObjectFiles.CLAIM)) {
        found.add(new Leftover(folder, entry, false));
      } else if (name.endsWith(Sidecar.SUFFIX)) {
        String data = name.substring(0, name.length() - Sidecar.SUFFIX.length());
        if (!isThere.test(data)) {
          found.add(new Leftover(folder, entry, true));
        }
      } else if (!name.startsWith(".")
          && !isThere.test(name + Sidecar.SUFFIX)
          && isFolder(folder, entry)) {
        leftovers(folder + name + "/", found);
      }
    }
  }
}
