// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.pghoard.config.ThisUser;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileStorageTest extends StorageContract {
  private Path root;
  private LocalObjectStore store;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    root = directory.resolve("backups/repository");
    store = new LocalObjectStore(root);
    store.sweep();
  }

  @Override
  protected LocalObjectStore store() {
    return store;
  }

  @Override
  protected void putAll(List<ObjectKey> keys) throws Exception {
    // As the Python pghoard does it: without making each one durable.
    Files.createDirectories(root.resolve(keys.get(0).text()).resolveSibling(""));
    for (ObjectKey key : keys) {
      Files.createFile(root.resolve(key.text()));
      Files.writeString(sidecar(key), "{}");
    }
  }

  @Test
  void files_areThoseOfThePythonPghoard() throws Exception {
    put(KEY, Map.of("host", "db1"), "abc".getBytes(UTF_8));

    assertThat(root.resolve(KEY.text())).hasContent("abc");
    assertThat(sidecar(KEY))
        .hasContent(
            "{\"Content-Length\":\"3\",\"_hash\":"
                + "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\","
                + "\"host\":\"db1\"}");
    assertThat(visibleFiles()).isEqualTo(2);
  }

  @Test
  void everythingCreated_isTheOwnersAlone() throws Exception {
    put(KEY, Map.of(), new byte[1]);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(path -> !path.endsWith(".pghoard.lock")).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
      }
    }
  }

  @Test
  void objectOfThePythonPghoard_isRead() throws Exception {
    write(
        "abc",
        "{\"start-time\": \"2026-11-22T09:55:04+00:00\", \"Content-Length\": \"3\", \"none\": null,"
            + " \"_hash\": \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}");

    try (ObjectContent content = store.get(KEY)) {
      assertThat(content.metadata())
          .containsExactly(Map.entry("start-time", "2026-11-22T09:55:04+00:00"));
      assertThat(content.stream().readAllBytes()).asString(UTF_8).isEqualTo("abc");
    }
  }

  @Test
  void objectWithoutHash_isCheckedByItsSize() throws Exception {
    write("abc", "{\"Content-Length\": \"3\"}");
    assertThat(bytes(KEY)).hasSize(3);

    write("ab", "{\"Content-Length\": \"3\"}");
    assertThatIOException()
        .isThrownBy(() -> bytes(KEY))
        .withMessage("the object %s is damaged: it has 2 bytes, but 3 were stored", KEY);

    write("ab", "{}");
    assertThat(bytes(KEY)).hasSize(2);
  }

  @Test
  void changedByte_isFoundAtTheEndOfTheStream() throws Exception {
    put(KEY, Map.of(), "abc".getBytes(UTF_8));
    Files.writeString(root.resolve(KEY.text()), "abd");

    try (ObjectContent content = store.get(KEY)) {
      InputStream stream = content.stream();
      assertThat(stream.readNBytes(3)).asString(UTF_8).isEqualTo("abd");
      for (int time = 0; time < 2; time++) {
        assertThatIOException()
            .isThrownBy(stream::read)
            .withMessageContaining(KEY.text())
            .withMessageContaining(
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            .withMessageContaining(
                "a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9");
      }
    }
  }

  @Test
  void damagedSidecar_hidesNoOtherObject() throws Exception {
    put(new ObjectKey("site/xlog/other"), Map.of("a", "b"), new byte[1]);
    for (String damaged :
        new String[] {"", "{", "[]", "null", "\"x\"", "{\"Content-Length\":\"x\"}"}) {
      write("abc", damaged);

      assertThat(store.list("")).extracting(StoredObject::metadata).contains(Map.of());
      assertThat(store.list("")).hasSize(2);
      assertThatIOException()
          .isThrownBy(() -> store.get(KEY))
          .withMessageContaining("no metadata (a JSON object of strings) in " + sidecar(KEY));
    }
  }

  @Test
  void bytesWithoutSidecar_areNoObjectAndAreReplaced() throws Exception {
    Path data = root.resolve(KEY.text());
    Files.createDirectories(data.getParent());
    Files.writeString(data, "torn");

    assertThat(store.keys("")).isEmpty();
    assertThatThrownBy(() -> store.get(KEY)).isInstanceOf(ObjectMissingException.class);
    put(KEY, Map.of(), "whole".getBytes(UTF_8));
    assertThat(bytes(KEY)).asString(UTF_8).isEqualTo("whole");
  }

  @Test
  void sidecarWithoutBytes_isNoObjectAndIsReplaced() throws Exception {
    put(KEY, Map.of("old", "1"), "old".getBytes(UTF_8));
    Files.delete(root.resolve(KEY.text()));

    assertThat(store.keys("")).isEmpty();
    assertThatThrownBy(() -> store.get(KEY)).isInstanceOf(ObjectMissingException.class);
    put(KEY, Map.of("new", "2"), "new".getBytes(UTF_8));
    assertThat(store.list("").get(0).metadata()).isEqualTo(Map.of("new", "2"));
    assertThat(bytes(KEY)).asString(UTF_8).isEqualTo("new");
  }

  @Test
  void listing_skipsWhatIsNoObject() throws Exception {
    put(KEY, Map.of(), new byte[1]);
    Path directory = root.resolve("site/xlog");
    for (String name : new String[] {".hidden", "x.metadata_tmp", "two words", "ü"}) {
      Files.writeString(directory.resolve(name), "x");
      Files.writeString(directory.resolve(name + ".metadata"), "{}");
    }
    Files.createDirectories(root.resolve("lost+found"));
    Files.createDirectories(root.resolve(".snapshot/site"));

    assertThat(store.keys("")).containsExactly(KEY);
    assertThat(store.list("")).hasSize(1);
  }

  @Test
  void sweep_removesWhatKilledWritersLeft() throws Exception {
    put(KEY, Map.of(), new byte[1]);
    Path directory = root.resolve("site/xlog");
    Files.writeString(directory.resolve(".incoming-1"), "bytes");
    Files.writeString(directory.resolve(".incoming-1.metadata"), "{}");
    Files.writeString(directory.resolve(".incoming-2.metadata"), "{}");
    Files.writeString(directory.resolve("deleted.metadata"), "{}");
    Files.writeString(directory.resolve("python"), "half an object of a Python pghoard");

    store.sweep();

    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files)
          .extracting(file -> file.getFileName().toString())
          .containsExactlyInAnyOrder("python", KEY.name(), KEY.name() + ".metadata");
    }
    assertThat(store.keys("")).containsExactly(KEY);
  }

  @Test
  void sweep_leavesAPutThatIsUnderWay() throws Exception {
    InputStream body =
        new FilterInputStream(new ByteArrayInputStream(new byte[200_000])) {
          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            new LocalObjectStore(root).sweep();
            return super.read(buffer, offset, length);
          }
        };

    store.put(KEY, Map.of(), body);

    assertThat(bytes(KEY)).hasSize(200_000);
    assertThat(visibleFiles()).isEqualTo(2);
  }

  @Test
  void deletedObjects_takeTheirEmptyDirectoriesAlong() throws Exception {
    ObjectKey chunk = new ObjectKey("site/basebackup_chunk/b/b.00000001.pghoard");
    put(KEY, Map.of(), new byte[1]);
    put(chunk, Map.of(), new byte[1]);

    store.delete(chunk);
    assertThat(root.resolve("site/basebackup_chunk")).doesNotExist();
    store.delete(KEY);
    assertThat(root).isDirectoryNotContaining(path -> path.endsWith("site"));
    put(chunk, Map.of(), new byte[1]);
  }

  @Test
  void missingRoot_isNoEmptyStore() {
    LocalObjectStore unmounted = new LocalObjectStore(root.resolveSibling("unmounted"));

    assertThatIOException()
        .isThrownBy(() -> unmounted.get(KEY))
        .isNotInstanceOf(PermanentStorageException.class)
        .withMessageContaining("is its file system mounted?");
    assertThatIOException().isThrownBy(() -> unmounted.list(""));
    assertThatIOException().isThrownBy(() -> unmounted.delete(KEY));
    assertThatIOException()
        .isThrownBy(() -> unmounted.put(KEY, Map.of(), InputStream.nullInputStream()));
    assertThat(root.resolveSibling("unmounted")).doesNotExist();
  }

  @Test
  void namedPipe_isWaitedForByNobody() throws Exception {
    put(new ObjectKey("site/xlog/1"), Map.of(), new byte[1]);
    for (String name :
        List.of("site/xlog/2.metadata", "site/xlog/3", ".incoming-4", ".incoming-5.metadata")) {
      Process made =
          new ProcessBuilder("mkfifo", root.resolve(name).toString()).inheritIO().start();
      assertThat(made.waitFor()).isZero();
    }
    Files.writeString(root.resolve("site/xlog/2"), "x");
    Files.writeString(root.resolve("site/xlog/3.metadata"), "{}");
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          assertThat(store.list("site/")).extracting(each -> each.key().name()).contains("1");
          assertThatIOException().isThrownBy(() -> store.get(new ObjectKey("site/xlog/2")).close());
          assertThatIOException().isThrownBy(() -> store.get(new ObjectKey("site/xlog/3")).close());
          new LocalObjectStore(root).sweep();
        });
    assertThat(root.resolve(".incoming-4")).doesNotExist();
  }

  @Test
  void root_writesNothingIntoTheRepositoryOfAnother() throws Exception {
    assumeThat(ThisUser.isRoot()).isTrue();
    put(KEY, Map.of(), new byte[1]);
    Files.setAttribute(root, "unix:uid", 65534);
    for (IoAction deed :
        List.<IoAction>of(
            () -> store.put(new ObjectKey("site/xlog/1"), Map.of(), InputStream.nullInputStream()),
            () -> store.delete(KEY),
            () -> store.sweep())) {
      assertThatIOException()
          .isThrownBy(deed::run)
          .isInstanceOf(PermanentStorageException.class)
          .withMessageContaining("this runs as root")
          .withMessageContaining("sudo -u ");
    }
    assertThat(store.keys("")).containsExactly(KEY);
  }

  @Test
  void sweep_passesOverWhatItMayNotRead() throws Exception {
    assumeThat(ThisUser.isRoot()).isFalse();
    Path closed = Files.createDirectories(root.resolve("site/closed"));
    Files.createFile(root.resolve("site/.incoming-1"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    store.sweep();
    assertThat(root.resolve("site/.incoming-1")).doesNotExist();
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void lockThatIsALink_isNotFollowed(@TempDir Path outside) throws Exception {
    Files.deleteIfExists(root.resolve(".pghoard.lock"));
    Files.createSymbolicLink(root.resolve(".pghoard.lock"), outside.resolve("made"));
    assertThatIOException()
        .isThrownBy(() -> put(new ObjectKey("site/xlog/1"), Map.of(), new byte[1]))
        .withMessageContaining("a link or a special file");
    assertThat(outside.resolve("made")).doesNotExist();
  }

  @Test
  void symbolicLink_doesNotLeadOutOfTheRoot(@TempDir Path outside) throws Exception {
    Files.writeString(outside.resolve("secret"), "x");
    Files.writeString(outside.resolve("secret.metadata"), "{}");
    Files.createSymbolicLink(root.resolve("link"), outside);
    ObjectKey key = new ObjectKey("link/secret");

    Map<String, IoAction> deeds = new HashMap<>();
    deeds.put("get", () -> store.get(key).close());
    deeds.put(
        "put", () -> store.put(new ObjectKey("link/new"), Map.of(), InputStream.nullInputStream()));
    deeds.put("delete", () -> store.delete(key));
    deeds.put("list", () -> store.list("link/"));
    deeds.put("list all", () -> store.keys(""));
    deeds.forEach(
        (name, deed) ->
            assertThatThrownBy(deed::run)
                .as(name)
                .isInstanceOf(PermanentStorageException.class)
                .hasMessageContaining("symbolic link"));
    assertThat(outside).isDirectoryContaining(path -> path.endsWith("secret"));
    assertThat(outside.resolve("new")).doesNotExist();
  }

  private interface IoAction {
    void run() throws IOException;
  }

  @Test
  void objectBelowAnObject_isRefusedForGood() throws Exception {
    put(new ObjectKey("a"), Map.of(), new byte[1]);

    assertThatThrownBy(() -> put(new ObjectKey("a/b"), Map.of(), new byte[1]))
        .isInstanceOf(PermanentStorageException.class)
        .hasMessageStartingWith("cannot put a/b: ");
    assertThat(store.keys("")).containsExactly(new ObjectKey("a"));
  }

  @Test
  void nameTooLongForTheFileSystem_isRefusedForGood() {
    assertThatThrownBy(() -> put(new ObjectKey("k".repeat(252)), Map.of(), new byte[1]))
        .isInstanceOf(PermanentStorageException.class)
        .hasMessageContaining("File name too long");
    assertThat(root).isDirectoryNotContaining(path -> !path.endsWith(".pghoard.lock"));
  }

  private Path sidecar(ObjectKey key) {
    return root.resolve(key + ".metadata");
  }

  private void write(String bytes, String sidecar) throws IOException {
    Path data = root.resolve(KEY.text());
    Files.createDirectories(data.getParent());
    Files.writeString(data, bytes);
    Files.writeString(sidecar(KEY), sidecar);
  }

  private long visibleFiles() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.endsWith(".pghoard.lock"))
          .count();
    }
  }
}
