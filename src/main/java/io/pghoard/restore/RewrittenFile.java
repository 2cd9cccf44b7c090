// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.PostgresText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A text file of a restored cluster that is written anew: whole or not at all, durably, and with
 * the permissions that it had. So it may be read-only, or a link, which is replaced and not
 * followed.
 */
record RewrittenFile(Path file) {
  /** Writes it; when it was not there, for its owner alone. */
  void write(String text) throws IOException {
    Set<PosixFilePermission> mode =
        Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            ? Files.getPosixFilePermissions(file)
            : PosixFilePermissions.fromString("rw-------");
    Path draft = file.resolveSibling(file.getFileName() + ".pghoard_restore.new");
    Files.deleteIfExists(draft);
    ByteBuffer bytes = ByteBuffer.wrap(PostgresText.bytes(text));
    try (FileChannel channel =
        FileChannel.open(
            draft,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      Files.setPosixFilePermissions(draft, mode);
      channel.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    Path directory = file.getParent();
    if (directory != null) {
      DurableTree.syncDirectory(directory);
    }
  }
}
