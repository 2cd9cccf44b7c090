// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.camel.storage.RoutedRepositories;
import io.pghoard.config.DaemonSite;
import io.pghoard.config.DaemonStorage;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.StoredObject;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The storage routes of a restore that reads from another daemon: they read, and write nothing. */
class DaemonStorageTest {
  private static final ObjectKey KEY = new ObjectKey("main/xlog/00000001000000000000000A");

  @Test
  void objectsOfAnotherDaemon_areRead_andNotWritten(@TempDir Path home, @TempDir Path other)
      throws Exception {
    try (RunningService daemon = new RunningService(home)) {
      daemon.store().put(KEY, Map.of("pg-version", "150018"), body("abc"));
      DaemonStorage storage =
          new DaemonStorage(
              URI.create("http://127.0.0.1:" + daemon.service().httpPort()), null, Duration.ZERO);
      Service restore =
          Service.restoreOnly(new DaemonSite(RunningService.SITE, storage).config(), other);
      try (restore) {
        restore.start();
        ObjectStore store =
            new RoutedRepositories(restore.context().createProducerTemplate())
                .of(RunningService.SITE);

        try (ObjectContent content = store.get(KEY)) {
          assertThat(content.metadata()).containsEntry("pg-version", "150018");
          assertThat(content.stream().readAllBytes()).asString(UTF_8).isEqualTo("abc");
        }
        assertThat(store.keys("main/")).containsExactly(KEY);
        assertThat(store.list("main/xlog/")).extracting(StoredObject::size).containsExactly(3L);
        ObjectKey absent = new ObjectKey("main/xlog/00000001000000000000000B");
        assertThatThrownBy(() -> store.get(absent)).isInstanceOf(ObjectMissingException.class);
        assertThatThrownBy(() -> store.put(absent, Map.of(), body("x"))).isNotNull();
        assertThatThrownBy(() -> store.delete(KEY)).isNotNull();
      }
      assertThat(daemon.store().keys("")).containsExactly(KEY);
    }
  }

  private static ByteArrayInputStream body(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }
}
