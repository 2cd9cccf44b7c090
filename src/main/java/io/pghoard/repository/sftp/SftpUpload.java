// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import io.pghoard.repository.CheckedContent;
import io.pghoard.repository.Sidecar;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One object on its way to the server, under names that nobody else has: the sidecar's file is made
 * first, empty, then the bytes are written, then the sidecar; both are made durable.
 */
final class SftpUpload {
  /** Directories can be taken away by a deletion as soon as they are made. */
  private static final int TRIES = 20;

  private final SftpConnection connection;
  private final String path;
  private final RemoteFile sidecar;
  private final RemoteFile data;
  private final MessageDigest digest = CheckedContent.sha256();
  private long count;
  private @Nullable Sidecar written;

  private SftpUpload(SftpConnection connection, String path, RemoteFile sidecar, RemoteFile data) {
    this.connection = connection;
    this.path = path;
    this.sidecar = sidecar;
    this.data = data;
  }

  /**
   * Begins one; directories are made that are not there.
   *
   * @param above the directory that has to be there
   */
  static SftpUpload begin(SftpConnection connection, ObjectFiles files, String above)
      throws IOException {
    String path = files.incoming(UUID.randomUUID().toString().replace("-", "").substring(0, 16));
    RemoteFile sidecar = null;
    for (int tries = 1; sidecar == null; tries++) {
      try {
        sidecar = RemoteFile.create(connection, path + Sidecar.SUFFIX);
      } catch (SftpStatusException e) {
        if (!e.isMissing() || tries == TRIES) {
          throw e;
        }
        makeDirectories(connection, files.directory(), above);
      }
    }
    try {
      return new SftpUpload(connection, path, sidecar, RemoteFile.create(connection, path));
    } catch (SftpStatusException e) {
      sidecar.close();
      connection.remove(path + Sidecar.SUFFIX);
      throw e;
    }
  }

  private static void makeDirectories(SftpConnection connection, String directory, String above)
      throws IOException {
    if (directory.isEmpty() || directory.equals(above)) {
      return;
    }
    try {
      connection.makeDirectory(directory);
    } catch (SftpStatusException e) {
      if (e.isMissing()) {
        makeDirectories(
            connection, directory.substring(0, Math.max(0, directory.lastIndexOf('/'))), above);
        try {
          connection.makeDirectory(directory);
          return;
        } catch (SftpStatusException again) {
          e = again;
        }
      }
      // There is one word for "it is there", made by another writer, and for all that fails.
      FileFacts facts = connection.facts(directory);
      if (e.isMissing() || (facts != null && facts.isDirectory())) {
        return;
      }
      throw e;
    }
  }

  void write(byte[] bytes, int length) throws IOException {
    data.write(bytes, length);
    digest.update(bytes, 0, length);
    count += length;
  }

  /** Ends it and makes both files durable. */
  Sidecar finish(Map<String, String> metadata) throws IOException {
    data.sync();
    String sha256 = HexFormat.of().formatHex(digest.digest());
    Sidecar facts = new Sidecar(metadata, sha256, count);
    byte[] json = facts.toJson();
    sidecar.write(json, json.length);
    sidecar.sync();
    sidecar.close();
    written = facts;
    return facts;
  }

  String sidecarPath() {
    return path + Sidecar.SUFFIX;
  }

  String path() {
    return path;
  }

  /** What the server's clock showed when the bytes were written. */
  FileFacts facts() throws IOException {
    return data.facts();
  }

  /**
   * Ends it after the bytes have got their name. On the file systems that servers have, a sync of a
   * file brings the change of its name along, and what came before.
   */
  void published() throws IOException {
    data.sync();
    data.close();
  }

  /** Removes what is left of it: the bytes first, as without their sidecar they mean something. */
  void remove() throws IOException {
    closeQuietly(data);
    if (written == null) {
      closeQuietly(sidecar);
    }
    connection.remove(path);
    connection.remove(path + Sidecar.SUFFIX);
  }

  private static void closeQuietly(RemoteFile file) throws IOException {
    try {
      file.close();
    } catch (SftpStatusException e) {
      // A write of it has failed, which is known.
    }
  }
}
