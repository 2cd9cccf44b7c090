// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects of a place for files whose answers are lost, or which stores less than it says. */
class FilePairStoreTest {
  private static final ObjectKey KEY = new ObjectKey("main/xlog/00000001000000000000000A");

  private Place place;
  private FilePairStore store;

  /** Files in a directory. */
  private static final class Place implements FileRoutes {
    private final Path directory;
    private boolean losesAnswers;
    private int stores = Integer.MAX_VALUE;

    Place(Path directory) {
      this.directory = directory;
    }

    private Path file(String name) {
      return directory.resolve(name.replace('/', '%'));
    }

    @Override
    public void put(String name, Path file) throws IOException {
      byte[] bytes = Files.readAllBytes(file);
      boolean sidecar = name.endsWith(Sidecar.SUFFIX);
      int length = sidecar ? bytes.length : Math.min(stores, bytes.length);
      Files.write(file(name), Arrays.copyOf(bytes, length));
      if (losesAnswers && !sidecar) {
        throw new IOException("the connection is lost");
      }
    }

    @Override
    public InputStream get(String name) throws IOException {
      return Files.newInputStream(file(name));
    }

    @Override
    public List<ListedFile> list(String start) throws IOException {
      List<ListedFile> listed = new ArrayList<>();
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          String name = String.valueOf(file.getFileName()).replace('%', '/');
          if (name.startsWith(start)) {
            listed.add(new ListedFile(name, Files.size(file), Instant.EPOCH.toString()));
          }
        }
      }
      return listed;
    }

    @Override
    public void delete(String name) throws IOException {
      Files.delete(file(name));
    }
  }

  @BeforeEach
  void make(@TempDir Path directory, @TempDir Path spool) {
    place = new Place(directory);
    store = new FilePairStore(place, "", spool);
  }

  @Test
  void putWhoseAnswerWasLost_isDone_whenItIsRepeated() throws Exception {
    place.losesAnswers = true;
    assertThatThrownBy(() -> put("abc")).hasMessageContaining("connection is lost");
    place.losesAnswers = false;

    put("abc");
    assertThat(text()).isEqualTo("abc");
    assertThatThrownBy(() -> put("abc"))
        .as("it is known only once")
        .isInstanceOf(ObjectExistsException.class);
  }

  @Test
  void putWhoseAnswerWasLost_isNoneOfOtherBytes() throws Exception {
    place.losesAnswers = true;
    assertThatThrownBy(() -> put("abc")).hasMessageContaining("connection is lost");
    place.losesAnswers = false;

    assertThatThrownBy(() -> put("abd")).isInstanceOf(ObjectExistsException.class);
    assertThat(text()).isEqualTo("abc");
  }

  @Test
  void putThatWasCutOff_isReplaced_whenItIsRepeated() throws Exception {
    place.losesAnswers = true;
    place.stores = 2;
    assertThatThrownBy(() -> put("abc")).hasMessageContaining("connection is lost");
    place.losesAnswers = false;
    place.stores = Integer.MAX_VALUE;

    put("abc");
    assertThat(text()).isEqualTo("abc");
  }

  @Test
  void objectOfAnotherSize_isNotLeftListed() throws Exception {
    place.stores = 2;
    assertThatThrownBy(() -> put("abc")).hasMessageContaining("not listed with its 3 bytes");

    assertThat(store.keys("")).isEmpty();
  }

  private void put(String text) throws IOException {
    store.put(KEY, Map.of(), new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  private String text() throws IOException {
    try (InputStream in = store.get(KEY).stream()) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
