// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.config.SftpStorage;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.OpenSshServer;
import io.pghoard.repository.StorageSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An OpenSSH server for a test class, with a directory on it for each test. */
final class SftpDirectory implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
  private Path home = Path.of("");
  private Path path = Path.of("");
  private @Nullable OpenSshServer server;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    home = Files.createTempDirectory("pghoard-sftp-");
    server = OpenSshServer.start(home);
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    path = server().directory();
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    server().close();
    try (Stream<Path> all = Files.walk(home)) {
      for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(each);
      }
    }
  }

  OpenSshServer server() {
    return Objects.requireNonNull(server, "not started");
  }

  Path path() {
    return path;
  }

  /** The names of all files, relative to the directory, in order. */
  List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(path)) {
      return all.filter(Files::isRegularFile)
          .map(file -> path.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  /** A store of one's own, as on a machine of its own. */
  SftpObjectStore store() throws IOException {
    return store(storage -> {});
  }

  /** The same with the object_storage edited. */
  SftpObjectStore store(Consumer<ObjectNode> edit) throws IOException {
    return new SftpObjectStore(storage(edit));
  }

  SftpStorage storage(Consumer<ObjectNode> edit) throws IOException {
    return (SftpStorage)
        StorageSettings.read(
            home,
            storage -> {
              server().storage(storage, path, server().port());
              edit.accept(storage);
            });
  }

  /** Puts an object from memory. */
  static void put(ObjectStore store, ObjectKey key, byte[] bytes) throws IOException {
    store.put(key, Map.of("host", "db1"), new ByteArrayInputStream(bytes));
  }

  /** Reads an object whole. */
  static byte[] read(ObjectStore store, ObjectKey key) throws IOException {
    try (ObjectContent content = store.get(key)) {
      return content.stream().readAllBytes();
    }
  }
}
