// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.archive.WalRefusedException.Reason;
import io.pghoard.postgres.WalFileName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file of which an archive_command asks, as its server sees it. The daemon reads the one of
 * that name in the site's data directory, which is another one when the server is not the site's.
 *
 * @param identity device and inode, {@code DEVICE:INODE}
 * @param sha256 of its content, in hexadecimal digits; null unless it was asked for
 */
record AskedFile(String identity, @Nullable String sha256) {
  private static final Pattern IDENTITY = Pattern.compile("[0-9]{1,20}:[0-9]{1,20}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  AskedFile {
    if (!IDENTITY.matcher(identity).matches()) {
      throw new IllegalArgumentException("x-pghoard-wal-file must be DEVICE:INODE: " + identity);
    }
    if (sha256 != null && !SHA256.matcher(sha256).matches()) {
      throw new IllegalArgumentException(
          "x-pghoard-wal-sha256 must be 64 hexadecimal digits: " + sha256);
    }
  }

  /**
   * Refuses the file of the data directory when it is not the one that is asked for.
   *
   * @throws WalConflictException when they differ
   * @throws HashWantedException when only the content can tell
   */
  void requireSame(WalFileName name, Path file) throws IOException {
    WalSource source;
    try {
      source = WalSource.of(file);
    } catch (WalRefusedException e) {
      if (e.reason() != Reason.MISSING) {
        throw e;
      }
      throw conflict(name, file, "is missing");
    }
    String own =
        "%s:%s"
            .formatted(
                Files.getAttribute(file, "unix:dev", LinkOption.NOFOLLOW_LINKS),
                Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS));
    if (own.equals(identity)) {
      return;
    }
    if (sha256 == null) {
      throw new HashWantedException(
          "%s is not the file of archive_command by its device and inode; its sha256 must tell whether it has the same content"
              .formatted(file));
    }
    if (!HashedContent.of(source.open(), "sha256").equals(sha256)) {
      throw conflict(name, file, "has different content");
    }
  }

  private static WalConflictException conflict(WalFileName name, Path file, String how) {
    return new WalConflictException(
        "refused %s of a server that is not the site's: archive_command asks for a file that %s as %s, in the site's pg_data_directory"
            .formatted(name, how, file),
        "if that server is a copy of the cluster, stop it, or give it a site of its own, with its"
            + " own prefix and pg_data_directory, and let its archive_command name that site; if it"
            + " is the site's server, correct pg_data_directory in pghoard.json; nothing stored was"
            + " changed");
  }
}
