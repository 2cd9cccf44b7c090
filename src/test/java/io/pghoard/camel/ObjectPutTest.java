// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectSource;
import io.pghoard.repository.PlainObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectPutTest {
  private static final ObjectKey KEY = new ObjectKey("main/xlog/x");

  @Test
  void thing_isCompressedAndStored_withWhatItKnowsOnceItWasRead(@TempDir Path home)
      throws Exception {
    try (RunningService service = new RunningService(home)) {
      Thing thing = new Thing(false);
      put(service, thing);

      assertThat(thing.size).isPositive();
      try (ObjectContent stored = service.store().get(KEY);
          ObjectContent plain = PlainObject.of(KEY, stored)) {
        assertThat(stored.metadata()).containsEntry("read", "plain");
        assertThat(plain.stream().readAllBytes()).asString(UTF_8).isEqualTo("plain");
      }
      assertThat(service.store().list("main/").get(0).size()).isEqualTo(thing.size);
    }
  }

  @Test
  void thingThatRefusesAtLast_isNotStored(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      assertThatThrownBy(() -> put(service, new Thing(true)))
          .cause()
          .hasMessageContaining("another daemon has taken over");
      assertThat(service.store().keys("")).isEmpty();
    }
  }

  private static void put(RunningService service, Thing thing) {
    service.call("object-put", Map.of("site", RunningService.SITE, "object", thing));
  }

  /** Knows its metadata only after it was read, as a WAL segment its hash. */
  public static final class Thing implements ObjectSource {
    private final boolean refuses;
    private String read = "";
    private long size;

    Thing(boolean refuses) {
      this.refuses = refuses;
    }

    @Override
    public InputStream content() {
      read = "plain";
      return new ByteArrayInputStream(read.getBytes(UTF_8));
    }

    @Override
    public ObjectKey key() {
      return KEY;
    }

    @Override
    public Map<String, String> metadata() {
      return Map.of("compression-algorithm", "lzma", "read", read);
    }

    @Override
    public void ready(long stored) throws IOException {
      size = stored;
      if (refuses) {
        throw new IOException("another daemon has taken over");
      }
    }
  }
}
