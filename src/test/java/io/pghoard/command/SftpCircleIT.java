// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.repository.OpenSshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class SftpCircleIT extends StoreCircle {
  private static OpenSshServer server;

  private Path directory = Path.of("");

  SftpCircleIT() throws Exception {}

  @BeforeAll
  static void startServer(@TempDir Path directory) throws IOException {
    server = OpenSshServer.start(directory);
  }

  @AfterAll
  static void endServer() {
    server.close();
  }

  @Override
  protected String storage() throws IOException {
    ObjectNode storage = new ObjectMapper().createObjectNode();
    directory = server.directory();
    server.storage(storage, directory);
    return storage.put("private_key", Files.readString(server.key("client"))).toString();
  }

  @Override
  protected void refuseMainObjects(boolean refuse) throws IOException {
    Files.setPosixFilePermissions(
        directory.resolve("main/basebackup"),
        PosixFilePermissions.fromString(refuse ? "r-xr-xr-x" : "rwxr-xr-x"));
  }

  /** The key stands in pghoard.json, and nowhere else: not in the log, not in the state. */
  @AfterEach
  void key_isNotTold() throws IOException {
    List<String> key =
        Files.readAllLines(server.key("client")).stream()
            .filter(line -> !line.startsWith("-----"))
            .toList();
    try (Stream<Path> files = Files.list(home())) {
      List<Path> told =
          files
              .filter(Files::isRegularFile)
              .filter(file -> !file.endsWith("pghoard.json"))
              .toList();
      assertThat(told).isNotEmpty();
      for (Path file : told) {
        assertThat(Files.readString(file)).as(file.toString()).doesNotContain(key);
      }
    }
  }
}
