// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.OpenSshServer;
import io.pghoard.repository.PermanentStorageException;
import io.pghoard.repository.Sidecar;
import io.pghoard.repository.StoredObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several writers of one directory, living, dead, and those of the Python pghoard. */
@Timeout(120)
class SftpWritersIT {
  @RegisterExtension static final SftpDirectory DIRECTORY = new SftpDirectory();

  private static final ObjectKey KEY = new ObjectKey("main/xlog/x");
  private static final String WRITER = "0123456789abcdef";

  private static void put(ObjectStore store, ObjectKey key, String text) throws IOException {
    store.put(key, Map.of("text", text), new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  private static String text(ObjectStore store, ObjectKey key) throws IOException {
    try (ObjectContent content = store.get(key)) {
      String text = new String(content.stream().readAllBytes(), UTF_8);
      assertThat(content.metadata()).isEqualTo(Map.of("text", text));
      return text;
    }
  }

  /** A file as a writer leaves it that was killed. */
  private static Path left(String name, byte[] bytes, Duration age) throws IOException {
    Path main = DIRECTORY.path().resolve("main");
    Path file = main.resolve("xlog").resolve(name);
    for (Path made : List.of(main, main.resolve("xlog"))) {
      if (Files.notExists(made)) {
        OpenSshServer.own(Files.createDirectory(made));
      }
    }
    OpenSshServer.own(Files.write(file, bytes));
    return Files.setLastModifiedTime(
        file, FileTime.from(Instant.now(Clock.systemUTC()).minus(age)));
  }

  private static byte[] sidecar(String text) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    return new Sidecar(Map.of("text", text), HexFormat.of().formatHex(hash), (long) text.length())
        .toJson();
  }

  @Test
  void writersOnTwoMachines_haveOneWinnerEach() throws Exception {
    int rounds = 10;
    int writers = 8;
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try (SftpObjectStore here = DIRECTORY.store();
        SftpObjectStore there = DIRECTORY.store()) {
      for (int round = 0; round < rounds; round++) {
        ObjectKey key = new ObjectKey("main/race/" + round);
        CountDownLatch together = new CountDownLatch(writers);
        List<Future<Boolean>> puts = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
          String text = "writer " + writer;
          SftpObjectStore store = writer % 2 == 0 ? here : there;
          puts.add(
              threads.submit(
                  () -> {
                    together.countDown();
                    together.await();
                    try {
                      put(store, key, text);
                      return true;
                    } catch (ObjectExistsException e) {
                      return false;
                    }
                  }));
        }
        List<Boolean> won = new ArrayList<>();
        for (Future<Boolean> put : puts) {
          won.add(put.get());
        }
        assertThat(won).containsOnlyOnce(true);
        assertThat(text(here, key)).isEqualTo("writer " + won.indexOf(true));
      }
      assertThat(DIRECTORY.files()).hasSize(2 * rounds).noneMatch(name -> name.contains("/."));
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void objectThatAKilledWriterBegan_isEndedByTheNext() throws Exception {
    left("x.metadata", sidecar("first"), Duration.ZERO);
    left(".incoming-x-" + WRITER, "first".getBytes(UTF_8), Duration.ZERO);
    left(".incoming-x-fedcba9876543210", "other".getBytes(UTF_8), Duration.ZERO);
    try (SftpObjectStore store = DIRECTORY.store()) {
      assertThat(store.keys("")).isEmpty();

      assertThatThrownBy(() -> put(store, KEY, "second")).isInstanceOf(ObjectExistsException.class);

      assertThat(text(store, KEY)).isEqualTo("first");
    }
  }

  @Test
  void halfAnObject_isClearedWhenItIsOld() throws Exception {
    try (SftpObjectStore store = DIRECTORY.store()) {
      for (String name : List.of("x.metadata", "x")) {
        Path young = left(name, sidecar("half"), Duration.ofMinutes(1));
        assertThatThrownBy(() -> put(store, KEY, "whole"))
            .isNotInstanceOf(PermanentStorageException.class)
            .hasMessageContaining(young + " is incomplete")
            .hasMessageContaining("counts as a leftover in");
        assertThat(DIRECTORY.files()).containsExactly("main/xlog/" + name);
        Files.delete(young);

        left(name, sidecar("half"), Duration.ofMinutes(6));
        put(store, KEY, "whole");
        assertThat(text(store, KEY)).isEqualTo("whole");
        store.delete(KEY);
        assertThat(DIRECTORY.files()).isEmpty();
      }
    }
  }

  @Test
  void sweep_removesWhatIsOldAndNothingElse() throws Exception {
    Duration old = Duration.ofHours(25);
    try (SftpObjectStore store = DIRECTORY.store()) {
      put(store, KEY, "kept");
      left(".incoming-y-" + WRITER, new byte[10], old);
      left(".incoming-y-" + WRITER + ".metadata", new byte[0], old);
      left(".claim-y", new byte[0], old);
      left("lone.metadata", sidecar("lone"), old);
      left("begun.metadata", sidecar("begun"), old);
      left(".incoming-begun-" + WRITER, "begun".getBytes(UTF_8), old);
      left(".incoming-z-" + WRITER, new byte[10], Duration.ofHours(1));
      left(".of-somebody-else", new byte[10], old);

      assertThat(store.sweep("main/", Duration.ofDays(1))).hasSize(5);

      assertThat(DIRECTORY.files())
          .containsExactly(
              "main/xlog/.incoming-z-" + WRITER,
              "main/xlog/.of-somebody-else",
              "main/xlog/begun",
              "main/xlog/begun.metadata",
              "main/xlog/x",
              "main/xlog/x.metadata");
      assertThat(text(store, new ObjectKey("main/xlog/begun"))).isEqualTo("begun");
      assertThat(store.sweep("other/", Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void bodyThatFails_leavesNothing() throws Exception {
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the body broke");
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            return read();
          }
        };
    try (SftpObjectStore store = DIRECTORY.store()) {
      InputStream body =
          new SequenceInputStream(new ByteArrayInputStream(new byte[200_000]), failing);
      assertThatIOException()
          .isThrownBy(() -> store.put(KEY, Map.of(), body))
          .withMessage("the body broke");
      assertThat(DIRECTORY.files()).isEmpty();
    }
  }

  @Test
  void filesOfThePythonPghoard_areObjects_andOursAreItsOwn() throws Exception {
    left("x", "abc".getBytes(UTF_8), Duration.ZERO);
    left(
        "x.metadata",
        "{\"text\": \"abc\", \"Content-Length\": \"3\"}".getBytes(UTF_8),
        Duration.ZERO);
    try (SftpObjectStore store = DIRECTORY.store()) {
      assertThat(text(store, KEY)).isEqualTo("abc");
      left("x", "ab".getBytes(UTF_8), Duration.ZERO);
      assertThatIOException()
          .isThrownBy(() -> text(store, KEY))
          .withMessageContaining("it has 2 bytes, but 3 were stored");

      ObjectKey ours = new ObjectKey("main/timeline/00000002.history");
      put(store, ours, "ours");
      Path file = DIRECTORY.path().resolve(ours.text());
      assertThat(file).hasContent("ours");
      assertThat(
              new ObjectMapper()
                  .readTree(file.resolveSibling("00000002.history.metadata").toFile()))
          .hasToString(new ObjectMapper().readTree(sidecar("ours")).toString());
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
          .isEqualTo("rwx------");
      left("../timeline/00000002.history", "hurt".getBytes(UTF_8), Duration.ZERO);
      assertThatIOException()
          .isThrownBy(() -> text(store, ours))
          .withMessageStartingWith("the object " + ours + " is damaged");
    }
  }

  @Test
  void damagedSidecar_hidesNoOtherObject() throws Exception {
    left("x", "abc".getBytes(UTF_8), Duration.ZERO);
    left("x.metadata", "{\"text\": ".getBytes(UTF_8), Duration.ZERO);
    try (SftpObjectStore store = DIRECTORY.store()) {
      put(store, new ObjectKey("main/xlog/y"), "y");
      assertThat(store.list(""))
          .extracting(object -> object.key().name(), StoredObject::metadata)
          .containsExactly(tuple("x", Map.of()), tuple("y", Map.of("text", "y")));
      assertThatIOException()
          .isThrownBy(() -> store.get(KEY))
          .withMessageContaining("no metadata (a JSON object of strings) in");
    }
  }

  @Test
  void deletion_goesOnAfterARefusal() throws Exception {
    List<ObjectKey> keys = new ArrayList<>();
    try (SftpObjectStore store = DIRECTORY.store()) {
      for (int i = 0; i < 5; i++) {
        keys.add(new ObjectKey("main/%d/x".formatted(i)));
        put(store, keys.get(i), "x");
      }
      Path closed = DIRECTORY.path().resolve("main/1");
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));

      assertThatThrownBy(() -> store.delete(keys))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("Permission denied");

      assertThat(store.keys("")).containsExactly(keys.get(1));
      assertThat(DIRECTORY.path().resolve("main/2")).doesNotExist();
    }
  }
}
