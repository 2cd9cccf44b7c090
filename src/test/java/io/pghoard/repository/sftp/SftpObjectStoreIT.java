// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.OpenSshServer;
import io.pghoard.repository.StorageContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract, on OpenSSH, without routes. */
class SftpObjectStoreIT extends StorageContract {
  @RegisterExtension static final SftpDirectory DIRECTORY = new SftpDirectory();

  private SftpObjectStore store;

  @BeforeEach
  void open() throws IOException {
    store = DIRECTORY.store();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  protected ObjectStore store() {
    return store;
  }

  /** As files on the server; that a put works, the others tell. */
  @Override
  protected void putAll(List<ObjectKey> keys) throws IOException {
    for (ObjectKey key : keys) {
      Path file = DIRECTORY.path().resolve(key.text());
      Path folder = DIRECTORY.path();
      for (Path part : folder.relativize(file.resolveSibling(""))) {
        folder = folder.resolve(part);
        if (Files.notExists(folder)) {
          OpenSshServer.own(Files.createDirectory(folder));
        }
      }
      Files.createFile(file);
      Files.write(Path.of(file + ".metadata"), "{}".getBytes(UTF_8));
    }
  }
}
