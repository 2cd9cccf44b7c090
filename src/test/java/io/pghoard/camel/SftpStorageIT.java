// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.OpenSshServer;
import io.pghoard.repository.StorageContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract through the storage routes, on OpenSSH. */
class SftpStorageIT extends StorageContract {
  private static OpenSshServer server;
  private static RunningService service;
  private static Path directory;

  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    server = OpenSshServer.start(home);
    directory = server.directory();
    service =
        RunningService.configured(
            home,
            root ->
                server.storage(root.withObject("/backup_sites/main/object_storage"), directory));
  }

  @AfterAll
  static void end() throws IOException {
    service.close();
    server.close();
  }

  @AfterEach
  void clear() throws IOException {
    store().delete(store().keys(""));
  }

  @Override
  protected ObjectStore store() {
    return service.store();
  }

  /** As files on the server; that a put works, the others tell. */
  @Override
  protected void putAll(List<ObjectKey> keys) throws IOException {
    for (ObjectKey key : keys) {
      Path file = directory.resolve(key.text());
      Path folder = directory;
      for (Path part : directory.relativize(file.resolveSibling(""))) {
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
