// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.camel.RunningService;
import io.pghoard.camel.reload.RouteReload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract through the storage routes of a daemon whose store is an operator's own: the very
 * files that docs/routes.md points to, with the program rclone. What they cannot promise, that of
 * two daemons one wins, is not in it: its writers are of one process. A list with metadata runs the
 * program once an object, so that the long one is of keys alone.
 */
class RoutedStorageIT extends StorageContract {
  private static final Path EXAMPLE = Path.of("config/examples/rclone");
  private static final String READ = "repository-rclone-read.camel.yaml";
  private static final String WRITE = "repository-rclone-write.camel.yaml";

  private static RunningService service;
  private static Path remote;

  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    assertThat(Stream.of(System.getenv("PATH").split(":")))
        .as("rclone is not there; install it: apt-get install rclone")
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "rclone")));
    remote = Files.createDirectory(home.resolve("remote place"));
    Path routes = Files.createDirectory(home.resolve("routes"));
    try (Stream<Path> files = Files.list(EXAMPLE)) {
      for (Path file : files.toList()) {
        Files.copy(file, routes.resolve(file.getFileName()));
      }
    }
    service = RunningService.configured(home, root -> use(root, "rclone"));
  }

  private static void use(ObjectNode root, String name) {
    ObjectNode storage = root.withObject("/backup_sites/main/object_storage").removeAll();
    storage.put("storage_type", "routed").put("name", name);
    storage.putObject("options").put("remote", String.valueOf(remote));
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
  }

  @BeforeEach
  void empty() throws Exception {
    try (Stream<Path> files = Files.walk(remote)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  protected ObjectStore store() {
    return service.store();
  }

  @Override
  protected void putAll(List<ObjectKey> keys) throws Exception {
    Files.createDirectories(remote.resolve(keys.get(0).text()).resolveSibling(""));
    for (ObjectKey key : keys) {
      Files.createFile(remote.resolve(key.text()));
      Files.writeString(remote.resolve(key + ".metadata"), "{}");
    }
  }

  /** One key stands for all: the others differ in nothing that the routes are told. */
  @ParameterizedTest
  @ValueSource(strings = {"odd/+&=%25?#;:@!$'(),~*[]{}|^`<>\""})
  @Override
  void key_mayHoldEveryPrintableCharacter(String text) throws Exception {
    super.key_mayHoldEveryPrintableCharacter(text);
  }

  @ParameterizedTest
  @ValueSource(strings = "s/../")
  @Override
  void listing_ofWhatStartsNoKey_isEmpty(String prefix) throws Exception {
    super.listing_ofWhatStartsNoKey_isEmpty(prefix);
  }

  @Test
  @Override
  void listing_isWholeBeyondOnePage() throws Exception {
    List<ObjectKey> keys =
        IntStream.range(0, 5200)
            .mapToObj(number -> new ObjectKey("s/xlog/%024X".formatted(number)))
            .toList();
    putAll(keys);

    assertThat(store().keys("s/xlog/")).isEqualTo(keys);
  }

  @Test
  void files_areThoseOfALocalRepository() throws Exception {
    put(KEY, Map.of("host", "db1"), "abc".getBytes(UTF_8));

    assertThat(remote.resolve(KEY.text())).hasContent("abc");
    assertThat(remote.resolve(KEY + ".metadata")).content().contains("\"_hash\":\"ba7816bf");
  }

  @Test
  void changedBytes_areFoundAtTheEndOfTheRead() throws Exception {
    put(KEY, Map.of(), "abc".getBytes(UTF_8));
    Files.writeString(remote.resolve(KEY.text()), "abd");

    assertThatThrownBy(() -> bytes(KEY)).hasMessageContaining("is damaged");
  }

  @Test
  void halfAnObject_isNone_andIsReplaced() throws Exception {
    put(KEY, Map.of(), "old".getBytes(UTF_8));
    Files.delete(remote.resolve(KEY.text()));

    assertThat(store().keys("")).isEmpty();
    put(KEY, Map.of(), "new".getBytes(UTF_8));
    assertThat(bytes(KEY)).asString(UTF_8).isEqualTo("new");
  }

  @Test
  void placeThatIsGone_isNoEmptyStore() throws Exception {
    Path away = Files.move(remote, remote.resolveSibling("away"));
    try {
      assertThatThrownBy(() -> store().keys("site/"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("repository-list-rclone failed")
          .hasMessageContaining("directory not found");
    } finally {
      Files.move(away, remote);
    }
  }

  @Test
  void editedExample_isTakenUp_andOneWithoutItsRoutesIsRefused() throws Exception {
    Path file = service.home.resolve("routes").resolve(WRITE);
    String text = Files.readString(file);
    RouteReload reload = service.service().bean("routeReload", RouteReload.class);

    write(file, text.replace("direct:repository-put-rclone", "direct:repository-put-rclown"));
    await()
        .untilAsserted(
            () ->
                assertThat(reload.refusal())
                    .contains("no route from direct:repository-put-rclone"));
    put(KEY, Map.of(), new byte[1]);

    // An edit that shows in what it stores.
    AtomicInteger number = new AtomicInteger();
    write(file, text.replace("${variable.fileName}\"", "${variable.fileName}.edited\""));
    await()
        .untilAsserted(
            () -> {
              ObjectKey key = new ObjectKey("edit-" + number.incrementAndGet());
              assertThatThrownBy(() -> put(key, Map.of(), new byte[1]))
                  .isInstanceOf(IOException.class);
              assertThat(remote.resolve(key + ".edited")).exists();
            });
    write(file, text);
    await()
        .ignoreExceptions()
        .untilAsserted(
            () -> put(new ObjectKey("mended-" + number.incrementAndGet()), Map.of(), new byte[1]));
  }

  @Test
  void listThatSaysNothing_isNoEmptyStore() throws Exception {
    Path file = service.home.resolve("routes").resolve(READ);
    String text = Files.readString(file);
    write(file, text.replace("lsjson --recursive --files-only --no-mimetype", "lsf --recursive"));
    try {
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> store().keys("nothing/"))
                      .isInstanceOf(PermanentStorageException.class)
                      .hasMessageContaining("repository-list-rclone must answer with a JSON list"));
    } finally {
      write(file, text);
    }
    await().ignoreExceptions().untilAsserted(() -> assertThat(store().keys("nothing/")).isEmpty());
  }

  @Test
  void misspeltName_isRefusedAtTheStart(@TempDir Path home) {
    assertThatThrownBy(() -> RunningService.configured(home, root -> use(root, "rclown")))
        .hasStackTraceContaining("the store of site main is named rclown")
        .hasStackTraceContaining("direct:repository-get-rclown, direct:repository-list-rclown");
  }

  private static void write(Path file, String text) throws IOException {
    Path draft = Files.writeString(file.resolveSibling(".draft"), text);
    Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
  }
}
