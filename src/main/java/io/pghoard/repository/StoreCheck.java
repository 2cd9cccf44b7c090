// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a site's store does what {@link ObjectStore} promises: tried with one object of its own,
 * below {@link SiteKeys#checks}, where neither the catalogue nor retention looks. It is gone at the
 * end; what a killed check left is deleted by the next one that comes a while later.
 */
public final class StoreCheck {
  private static final Pattern NAME = Pattern.compile("check-[0-9a-f-]{36}");

  /** Another check may be at work; no check takes as long as this. */
  private static final Duration LEFT_BEHIND = Duration.ofMinutes(15);

  private static final Duration SKEW_TO_MENTION = Duration.ofMinutes(5);
  private static final Duration SKEW_TO_REFUSE = Duration.ofMinutes(15);
  private static final int SIZE = 64 << 10;

  private final ObjectStore store;
  private final SiteKeys keys;
  private final Clock clock;
  private final ObjectKey key;
  private final byte[] bytes = new byte[SIZE];
  private final Map<String, String> metadata = Map.of("check", "yes", "size", "64 KiB");
  private Instant putBefore = Instant.EPOCH;
  private Instant putAfter = Instant.EPOCH;
  private @Nullable Instant storeTime;

  public StoreCheck(ObjectStore store, SiteKeys keys, Clock clock) {
    this.store = store;
    this.keys = keys;
    this.clock = clock;
    this.key = new ObjectKey(keys.checks() + "check-" + UUID.randomUUID());
    new Random().nextBytes(bytes);
  }

  /** Makes all checks; those that build on one that failed are unknown. */
  public void run(Checks checks) {
    checks.check("list", right("list the objects below " + keys.prefix() + "/"), this::list);
    boolean stored = checks.check("put", right("store objects there"), this::put);
    if (stored) {
      if (checks.check("put again", "look at the store's answer", this::putAgain)) {
        checks.check("get", right("read objects"), this::get);
      } else {
        checks.unknown("get", "it is unknown which bytes are stored now");
      }
      checks.check("list shows it", "wait and check again: some stores list late", this::listed);
      checks.check("clock", "look at the store's answer", this::clockSkew);
    } else {
      List.of("put again", "get", "list shows it", "clock")
          .forEach(name -> checks.unknown(name, "nothing could be stored"));
    }
    // Even when the put failed: its answer alone may have been lost.
    boolean deleted =
        checks.check("delete", right("delete objects") + ", and delete " + key, this::delete);
    if (deleted) {
      checks.check("get of what is gone", right("list and read objects"), this::gone);
    } else {
      checks.unknown("get of what is gone", "the object is still there");
    }
  }

  private static String right(String deed) {
    return "give pghoard permission to "
        + deed
        + ", if that is what is missing: docs/operations.md lists what each store needs";
  }

  private Answer list() throws IOException {
    store.keys(keys.checks());
    return Answer.ok("it answers");
  }

  private Answer put() throws IOException {
    putBefore = clock.instant();
    store.put(key, metadata, new ByteArrayInputStream(bytes));
    putAfter = clock.instant();
    return Answer.ok(SIZE / 1024 + " KiB stored as " + key);
  }

  private Answer putAgain() throws IOException {
    byte[] other = bytes.clone();
    other[0]++;
    try {
      store.put(key, Map.of(), new ByteArrayInputStream(other));
    } catch (ObjectExistsException e) {
      return Answer.ok("refused: the key exists");
    }
    return Answer.failed(
        "the store accepted other bytes under an existing key",
        "use a store, or a version of it, that refuses to overwrite: with this one, two servers that archive to one site destroy each other's WAL");
  }

  private Answer get() throws IOException {
    try (ObjectContent content = store.get(key)) {
      byte[] got = content.stream().readNBytes(2 * SIZE);
      if (!Arrays.equals(got, bytes)) {
        return Answer.failed(
            "the %d bytes that were read are not those that were stored".formatted(got.length),
            "do not use this store: it changes what is stored");
      }
      if (!content.metadata().equals(metadata)) {
        return Answer.failed(
            "the metadata was read as %s, but stored as %s".formatted(content.metadata(), metadata),
            "check that nothing between pghoard and the store drops headers");
      }
    }
    return Answer.ok("the same bytes and metadata were read");
  }

  private Answer listed() throws IOException {
    StoredObject object = own().orElse(null);
    if (object == null) {
      throw new IOException("the object is not listed although it was stored");
    }
    if (object.size() != SIZE) {
      throw new IOException(
          "the object is listed with %d bytes, but %d were stored".formatted(object.size(), SIZE));
    }
    storeTime = object.lastModified();
    return Answer.ok("with its size");
  }

  private Optional<StoredObject> own() throws IOException {
    return store.list(key.text()).stream().filter(each -> each.key().equals(key)).findFirst();
  }

  private Answer clockSkew() {
    if (storeTime == null) {
      return Answer.unknown("the store did not say when the object was stored");
    }
    Duration skew = skew(storeTime);
    String text =
        "the store's clock and this machine's are %d s apart".formatted(skew.abs().toSeconds());
    String remedy = "synchronize both clocks by NTP";
    if (skew.abs().compareTo(SKEW_TO_REFUSE) > 0) {
      return Answer.failed(text, remedy);
    }
    return skew.abs().compareTo(SKEW_TO_MENTION) > 0
        ? Answer.warning(text, remedy)
        : Answer.ok(text);
  }

  /** How far the store is ahead; negative when it is behind. */
  private Duration skew(Instant stored) {
    if (stored.isAfter(putAfter)) {
      return Duration.between(putAfter, stored);
    }
    return stored.isBefore(putBefore) ? Duration.between(putBefore, stored) : Duration.ZERO;
  }

  private Answer delete() throws IOException {
    List<ObjectKey> all = new ArrayList<>(List.of(key));
    all.addAll(leftBehind());
    store.delete(all);
    return Answer.ok(
        all.size() == 1
            ? "deleted"
            : "deleted, with %d objects of interrupted checks".formatted(all.size() - 1));
  }

  /** What killed checks left, by the store's own clock. */
  private List<ObjectKey> leftBehind() throws IOException {
    if (storeTime == null) {
      return List.of();
    }
    Instant before = storeTime.minus(LEFT_BEHIND);
    return store.list(keys.checks()).stream()
        .filter(object -> NAME.matcher(object.key().name()).matches())
        .filter(object -> object.lastModified().isBefore(before))
        .map(StoredObject::key)
        .toList();
  }

  private Answer gone() throws IOException {
    try (ObjectContent content = store.get(key)) {
      return Answer.failed(
          "the object is still there although it was deleted: " + content.metadata(),
          "check whether an object lock or an immutability policy keeps it");
    } catch (ObjectMissingException e) {
      return Answer.ok("reported as missing");
    }
  }
}
