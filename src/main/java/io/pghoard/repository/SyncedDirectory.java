// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A directory whose entries survive a power cut once they are synced. */
record SyncedDirectory(Path path) {
  /** Creates the directory and those above it that are missing, each durably, the owner's alone. */
  void create() throws IOException {
    if (Files.isDirectory(path)) {
      return;
    }
    Path above = path.getParent();
    if (above == null) {
      return;
    }
    new SyncedDirectory(above).create();
    try {
      Files.createDirectory(path, OwnerOnly.DIRECTORY);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(path)) {
        throw new NotDirectoryException(path.toString());
      }
      // Somebody else was first; both sync, as neither knows whether the other one has.
    }
    new SyncedDirectory(above).sync();
  }

  /** Makes durable which names the directory holds. */
  void sync() throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
