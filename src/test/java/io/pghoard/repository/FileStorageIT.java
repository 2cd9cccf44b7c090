// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What takes other processes and full disks to show of a local store. */
final class FileStorageIT {
  private static final ObjectKey KEY = StorageContract.KEY;

  @Test
  void racingProcesses_haveOneWinner(@TempDir Path root) throws Exception {
    try (StoreProcess a = StoreProcess.start(root, "race", "a");
        StoreProcess b = StoreProcess.start(root, "race", "b")) {
      assertThat(a.line()).isEqualTo("ready");
      assertThat(b.line()).isEqualTo("ready");
      LocalObjectStore store = new LocalObjectStore(root);
      for (int round = 0; round < 50; round++) {
        a.go();
        b.go();
        List<String> outcomes = List.of(String.valueOf(a.line()), String.valueOf(b.line()));

        assertThat(outcomes).containsExactlyInAnyOrder("won", "lost");
        String winner = outcomes.get(0).equals("won") ? "a" : "b";
        try (ObjectContent content = store.get(new ObjectKey("race/" + round))) {
          assertThat(content.metadata()).containsEntry("writer", winner);
          assertThat(content.stream().readAllBytes())
              .hasSize(100_000)
              .containsOnly(winner.charAt(0));
        }
      }
    }
    assertThat(hiddenFiles(root)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_536, 300_000})
  void writerKilledWithinTheBody_leavesNothingThatIsSeen(int bytes, @TempDir Path root)
      throws Exception {
    LocalObjectStore store = new LocalObjectStore(root);
    try (StoreProcess writer = StoreProcess.start(root, "stall", String.valueOf(bytes))) {
      assertThat(writer.line()).isEqualTo("stalled");
      store.sweep();
      assertThat(hiddenFiles(root)).as("a sweep leaves the living alone").hasSize(1);
      writer.kill();
    }

    assertThat(store.keys("")).isEmpty();
    assertThatThrownBy(() -> store.get(KEY)).isInstanceOf(ObjectMissingException.class);
    store.sweep();
    assertThat(hiddenFiles(root)).isEmpty();
    store.put(KEY, Map.of(), new ByteArrayInputStream("whole".getBytes(UTF_8)));
    assertThat(read(store, KEY)).isEqualTo("whole");
  }

  @Test
  void writerKilledAnywhere_leavesWholeObjects(@TempDir Path root) throws Exception {
    LocalObjectStore store = new LocalObjectStore(root);
    Random random = new Random(1);
    List<String> acknowledged = new ArrayList<>();
    for (int kill = 0; kill < 12; kill++) {
      try (StoreProcess writer = StoreProcess.start(root, "fill", String.valueOf(kill))) {
        acknowledged.add(String.valueOf(writer.line()));
        TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
        acknowledged.addAll(writer.kill());
      }
    }

    List<StoredObject> listed = store.list("");
    assertThat(listed).extracting(object -> object.key().text()).containsAll(acknowledged);
    for (StoredObject object : listed) {
      assertThat(object.metadata()).containsEntry("key", object.key().text());
      assertThat(read(store, object.key())).isEqualTo(object.key().text());
    }
    store.sweep();
    assertThat(hiddenFiles(root)).isEmpty();
    assertThat(loneFiles(root)).isEmpty();
  }

  @Test
  void objectLargerThanTheHeap_passesThrough(@TempDir Path root) throws Exception {
    try (StoreProcess process = StoreProcess.start(root, "large", "")) {
      assertThat(process.line()).isEqualTo(String.valueOf(StoreProcess.LARGE));
    }
  }

  @Test
  void fullDisk_takesNothingAndWorksAgainWithSpace(@TempDir Path directory) throws Exception {
    try (SmallFileSystem disk = SmallFileSystem.mount(directory.resolve("disk"), 1 << 20)) {
      LocalObjectStore store = new LocalObjectStore(disk.directory().resolve("repository"));
      store.sweep();
      ObjectKey first = new ObjectKey("site/xlog/first");
      store.put(first, Map.of(), new ByteArrayInputStream(new byte[600_000]));
      for (int time = 0; time < 3; time++) {
        assertThatIOException()
            .isThrownBy(() -> store.put(KEY, Map.of(), new ByteArrayInputStream(new byte[600_000])))
            .isNotInstanceOf(PermanentStorageException.class)
            .withMessage(
                "cannot put %s: No space left on device; it resumes once there is space, and nothing needs to be cleaned up",
                KEY);
        assertThat(store.keys("")).containsExactly(first);
        assertThat(hiddenFiles(disk.directory())).isEmpty();
      }

      store.delete(first);
      store.put(KEY, Map.of(), new ByteArrayInputStream(new byte[600_000]));
      assertThat(store.keys("")).containsExactly(KEY);
    }
  }

  @Test
  void readOnlyDisk_isReadAndRefusesTheRestForGood(@TempDir Path directory) throws Exception {
    try (SmallFileSystem disk = SmallFileSystem.mount(directory.resolve("disk"), 1 << 20)) {
      LocalObjectStore store = new LocalObjectStore(disk.directory());
      store.put(KEY, Map.of(), new ByteArrayInputStream("whole".getBytes(UTF_8)));
      disk.makeReadOnly();

      assertThat(read(store, KEY)).isEqualTo("whole");
      assertThat(store.list("")).hasSize(1);
      assertThatThrownBy(
              () -> store.put(new ObjectKey("site/other"), Map.of(), InputStream.nullInputStream()))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("cannot put site/other: Read-only file system")
          .hasMessageContaining("mount it writable");
      assertThatThrownBy(() -> store.delete(KEY)).isInstanceOf(PermanentStorageException.class);
      assertThatThrownBy(() -> store.put(KEY, Map.of(), InputStream.nullInputStream()))
          .isInstanceOf(ObjectExistsException.class);
    }
  }

  private static String read(LocalObjectStore store, ObjectKey key) throws IOException {
    try (ObjectContent content = store.get(key)) {
      return new String(content.stream().readAllBytes(), UTF_8);
    }
  }

  private static List<Path> hiddenFiles(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> name(file).startsWith(".incoming-")).toList();
    }
  }

  private static List<Path> loneFiles(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !name(file).startsWith("."))
          .filter(
              file ->
                  !name(file).endsWith(".metadata")
                      ? Files.notExists(Sidecar.of(file))
                      : Files.notExists(file.resolveSibling(name(file).replace(".metadata", ""))))
          .toList();
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }
}
