// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store promises; each store's own test inherits it. */
public abstract class StorageContract {
  public static final ObjectKey KEY = new ObjectKey("site/xlog/00000001000000000000000A");

  /** The store to test, empty at the start of each test. */
  protected abstract ObjectStore store() throws Exception;

  @Test
  void object_comesBackAsItWasPut() throws Exception {
    byte[] bytes = new byte[300_000];
    new Random(1).nextBytes(bytes);
    Map<String, String> metadata =
        Map.of("compression-algorithm", "lzma", "start-time", "2026-11-22T09:55:04+00:00");

    put(KEY, metadata, bytes);

    try (ObjectContent content = store().get(KEY)) {
      assertThat(content.metadata()).isEqualTo(metadata);
      assertThat(content.stream().readAllBytes()).isEqualTo(bytes);
    }
    StoredObject listed = store().list("site/").get(0);
    assertThat(listed.key()).isEqualTo(KEY);
    assertThat(listed.size()).isEqualTo(bytes.length);
    assertThat(listed.metadata()).isEqualTo(metadata);
    assertThat(listed.lastModified()).isAfter("2020-01-01T00:00:00Z");
  }

  @Test
  void object_mayBeEmpty() throws Exception {
    put(KEY, Map.of(), new byte[0]);

    assertThat(bytes(KEY)).isEmpty();
    assertThat(store().list("")).singleElement().extracting(StoredObject::size).isEqualTo(0L);
  }

  @Test
  void metadata_keepsItsCharacters() throws Exception {
    Map<String, String> metadata =
        Map.of("quoted", "a \"b\" \\ {c}", "time", "2026-11-22 09:55:04.243646+00:00", "n", "0");
    put(KEY, metadata, "x".getBytes(UTF_8));

    try (ObjectContent content = store().get(KEY)) {
      assertThat(content.metadata()).isEqualTo(metadata);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "site/basebackup/2026-11-22_09-55_0.00000000.pghoard",
        "site/timeline/00000002.history",
        "site/xlog/00000001000000000000000A.partial",
        "site/xlog/00000001000000000000000A.00000028.backup",
        "deep/a/b/c/d/e/f/g",
        "odd/+&=%25?#;:@!$'(),~*[]{}|^`<>\"",
        "top"
      })
  void key_mayHoldEveryPrintableCharacter(String text) throws Exception {
    ObjectKey key = new ObjectKey(text);
    put(key, Map.of(), text.getBytes(UTF_8));

    assertThat(bytes(key)).asString(UTF_8).isEqualTo(text);
    assertThat(store().keys("")).containsExactly(key);
    store().delete(key);
    assertThat(store().keys("")).isEmpty();
  }

  @Test
  void missingObject_isReportedAsMissing() throws Exception {
    put(KEY, Map.of(), new byte[1]);
    ObjectKey other = new ObjectKey(KEY + "0");

    assertThatThrownBy(() -> store().get(other))
        .isInstanceOf(ObjectMissingException.class)
        .hasMessageContaining(other.text());
    assertThatThrownBy(() -> store().get(new ObjectKey("site")))
        .isInstanceOf(ObjectMissingException.class);
  }

  @Test
  void existingObject_isNeverOverwritten() throws Exception {
    put(KEY, Map.of("first", "yes"), "first".getBytes(UTF_8));

    assertThatThrownBy(() -> put(KEY, Map.of(), "second".getBytes(UTF_8)))
        .isInstanceOf(ObjectExistsException.class)
        .hasMessageContaining(KEY.text());

    try (ObjectContent content = store().get(KEY)) {
      assertThat(content.metadata()).containsExactly(Map.entry("first", "yes"));
      assertThat(content.stream().readAllBytes()).asString(UTF_8).isEqualTo("first");
    }
  }

  @Test
  void bodyThatFails_leavesNothing() throws Exception {
    InputStream body =
        new SequenceInputStream(new ByteArrayInputStream(new byte[200_000]), failing());

    assertThatIOException()
        .isThrownBy(() -> store().put(KEY, Map.of(), body))
        .satisfies(failure -> assertThat(messages(failure)).contains("the body broke"));

    assertThat(store().keys("")).isEmpty();
    assertThatThrownBy(() -> store().get(KEY)).isInstanceOf(ObjectMissingException.class);
    put(KEY, Map.of(), "whole".getBytes(UTF_8));
    assertThat(bytes(KEY)).asString(UTF_8).isEqualTo("whole");
  }

  @Test
  void racingWriters_haveOneWinner() throws Exception {
    int writers = 8;
    CountDownLatch together = new CountDownLatch(writers);
    List<Callable<Boolean>> puts =
        IntStream.range(0, writers)
            .<Callable<Boolean>>mapToObj(
                writer ->
                    () -> {
                      byte[] body = new byte[100_000 + writer];
                      Arrays.fill(body, (byte) writer);
                      together.countDown();
                      together.await();
                      return putIfAbsent(writer, body);
                    })
            .toList();
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    List<Boolean> won = new ArrayList<>();
    try {
      for (Future<Boolean> put : threads.invokeAll(puts)) {
        won.add(put.get());
      }
    } finally {
      threads.shutdown();
    }

    assertThat(won).containsOnlyOnce(true);
    int winner = won.indexOf(true);
    try (ObjectContent content = store().get(KEY)) {
      assertThat(content.metadata()).containsEntry("writer", String.valueOf(winner));
      assertThat(content.stream().readAllBytes()).hasSize(100_000 + winner).containsOnly(winner);
    }
    assertThat(store().list("")).hasSize(1);
  }

  private boolean putIfAbsent(int writer, byte[] body) throws Exception {
    try {
      put(KEY, Map.of("writer", String.valueOf(writer)), body);
      return true;
    } catch (ObjectExistsException e) {
      return false;
    }
  }

  @Test
  void listing_isInTheOrderOfTheKeys() throws Exception {
    List<ObjectKey> keys =
        Stream.of("a", "a.b", "a/x.y", "b/1", "b-c/1", "b", "c/10", "c/9", "Z", "c/9/1")
            .filter(text -> !text.equals("a") && !text.equals("b") && !text.equals("c/9"))
            .map(ObjectKey::new)
            .toList();
    for (ObjectKey key : keys) {
      put(key, Map.of("key", key.text()), new byte[3]);
    }

    List<ObjectKey> ordered = keys.stream().sorted().toList();
    assertThat(store().keys("")).isEqualTo(ordered);
    assertThat(store().list(""))
        .extracting(StoredObject::key, StoredObject::metadata)
        .isEqualTo(ordered.stream().map(key -> tuple(key, Map.of("key", key.text()))).toList());
  }

  @Test
  void listing_takesAnyStartOfAKey() throws Exception {
    for (String key : List.of("s/xlog/1A", "s/xlog/1B", "s/xlog/2A", "s/xlogs/1A", "st/xlog/1A")) {
      put(new ObjectKey(key), Map.of(), new byte[0]);
    }

    assertThat(texts("s/xlog/1")).containsExactly("s/xlog/1A", "s/xlog/1B");
    assertThat(texts("s/xlog/1B")).containsExactly("s/xlog/1B");
    assertThat(texts("s/xlog")).hasSize(4);
    assertThat(texts("s/xl")).hasSize(4);
    assertThat(texts("s")).hasSize(5);
    assertThat(texts("s/xlog/3")).isEmpty();
    assertThat(texts("s/xlog/1A/")).isEmpty();
    assertThat(texts("none/")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "../", "s/../", "s/./xlog/", "s//xlog/", ".", "s/.", "/etc/"})
  void listing_ofWhatStartsNoKey_isEmpty(String prefix) throws Exception {
    put(new ObjectKey("s/xlog/1A"), Map.of(), new byte[0]);

    assertThat(store().keys(prefix)).isEmpty();
    assertThat(store().list(prefix)).isEmpty();
  }

  @Test
  void listing_isWholeBeyondOnePage() throws Exception {
    List<ObjectKey> keys =
        IntStream.range(0, 5200)
            .mapToObj(number -> new ObjectKey("s/xlog/%024X".formatted(number)))
            .toList();
    List<ObjectKey> shuffled = new ArrayList<>(keys);
    Collections.shuffle(shuffled, new Random(1));
    putAll(shuffled);

    assertThat(store().keys("s/xlog/")).isEqualTo(keys);
    assertThat(store().list("s/xlog/")).extracting(StoredObject::key).isEqualTo(keys);
  }

  /** Stores many empty objects; a store that is slow to put them one by one has a faster way. */
  protected void putAll(List<ObjectKey> keys) throws Exception {
    for (ObjectKey key : keys) {
      put(key, Map.of(), new byte[0]);
    }
  }

  @Test
  void delete_canBeRepeated() throws Exception {
    put(KEY, Map.of(), new byte[10]);
    store().delete(KEY);
    store().delete(KEY);
    store().delete(new ObjectKey("never/was/there"));

    assertThat(store().list("")).isEmpty();
    assertThatThrownBy(() -> store().get(KEY)).isInstanceOf(ObjectMissingException.class);
    put(KEY, Map.of(), "again".getBytes(UTF_8));
    assertThat(bytes(KEY)).asString(UTF_8).isEqualTo("again");
  }

  protected final void put(ObjectKey key, Map<String, String> metadata, byte[] bytes)
      throws Exception {
    store().put(key, metadata, new ByteArrayInputStream(bytes));
  }

  protected final byte[] bytes(ObjectKey key) throws Exception {
    try (ObjectContent content = store().get(key)) {
      return content.stream().readAllBytes();
    }
  }

  private List<String> texts(String prefix) throws Exception {
    List<String> texts = store().keys(prefix).stream().map(ObjectKey::text).toList();
    assertThat(store().list(prefix)).extracting(object -> object.key().text()).isEqualTo(texts);
    return texts;
  }

  private static InputStream failing() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        throw new IOException("the body broke");
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        throw new IOException("the body broke");
      }
    };
  }

  private static String messages(Throwable failure) {
    StringBuilder all = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      all.append(cause.getMessage()).append('\n');
    }
    return all.toString();
  }
}
