// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownRepositoriesTest {
  private static final ObjectKey KEY = new ObjectKey("site/xlog/000000010000000000000001");
  private static final ObjectKey OTHER = new ObjectKey("site/xlog/000000010000000000000002");

  private Path spool;
  private Path root;

  @BeforeEach
  void open(@TempDir Path directory) throws IOException {
    spool = Files.createDirectory(directory.resolve("spool"));
    root = directory.resolve("mount/repository");
  }

  private LocalObjectStore store() throws IOException {
    return new KnownRepositories(spool).open(root);
  }

  private static void put(LocalObjectStore store, ObjectKey key) throws IOException {
    store.put(key, Map.of(), InputStream.nullInputStream());
  }

  private Path marker() {
    return root.resolve(RepositoryMarker.NAME);
  }

  private void refusesEverything(LocalObjectStore store) {
    for (ThrowingCallable deed :
        new ThrowingCallable[] {
          () -> store.get(KEY),
          () -> store.list(""),
          () -> store.keys("site/"),
          () -> put(store, OTHER),
          () -> store.delete(KEY)
        }) {
      assertThatThrownBy(deed)
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(PermanentStorageException.class)
          .isNotInstanceOf(ObjectMissingException.class)
          .hasMessageContaining(
              root + " is not the repository that pghoard has used: is its file system mounted?");
    }
  }

  @Test
  void newRepository_isMadeMarkedAndKnownAfterwards() throws IOException {
    put(store(), KEY);
    assertThat(store().keys("")).containsExactly(KEY);
    assertThat(marker()).content().matches("[0-9a-f-]{36}\n");
    assertThat(spool.resolve(KnownRepositories.NAME)).content().contains(root.toString());
  }

  @Test
  void repositoryOfThePythonPghoard_isMarked() throws IOException {
    Files.createDirectories(root.resolve("site/xlog"));
    put(new LocalObjectStore(root), KEY);
    assertThat(store().keys("")).containsExactly(KEY);
    assertThat(marker()).exists();
  }

  @Test
  void repositoryOfAnotherDaemon_keepsItsMarker() throws IOException {
    store();
    String id = Files.readString(marker());
    Files.delete(spool.resolve(KnownRepositories.NAME));
    store();
    assertThat(marker()).hasContent(id);
  }

  @Test
  void repositoryThatIsUnmountedWhileItIsUsed_isRefusedUntilItIsBack() throws IOException {
    LocalObjectStore store = store();
    put(store, KEY);
    Path elsewhere = Files.move(root, root.resolveSibling("elsewhere"));
    refusesEverything(store);
    assertThat(root).doesNotExist();
    Files.createDirectory(root);
    refusesEverything(store);
    assertThat(root).isEmptyDirectory();
    Files.delete(root);
    Files.move(elsewhere, root);
    assertThat(store.keys("")).containsExactly(KEY);
    put(store, OTHER);
  }

  @Test
  void repositoryThatIsUnmountedAtTheStart_isNotMadeAgain() throws IOException {
    put(store(), KEY);
    Path elsewhere = Files.move(root, root.resolveSibling("elsewhere"));
    LocalObjectStore store = store();
    refusesEverything(store);
    assertThat(root).doesNotExist();
    Files.move(elsewhere, root);
    assertThat(store.keys("")).containsExactly(KEY);
  }

  @Test
  void repositoryWithAnotherMarker_isRefused() throws IOException {
    LocalObjectStore store = store();
    put(store, KEY);
    for (String other :
        new String[] {"", "x", "00000000-0000-0000-0000-000000000000\n", "x".repeat(10_000)}) {
      Files.writeString(marker(), other);
      refusesEverything(store);
      refusesEverything(store());
      assertThat(marker()).hasContent(other);
    }
  }

  @Test
  void damagedMemory_isNamed() throws IOException {
    store();
    for (String damaged : new String[] {"", "{", "[]", "{\"a\":{}}"}) {
      Files.writeString(spool.resolve(KnownRepositories.NAME), damaged);
      assertThatIOException()
          .isThrownBy(this::store)
          .withMessageContaining(KnownRepositories.NAME + " is damaged");
    }
  }
}
