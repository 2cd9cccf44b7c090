// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pghoard.camel.storage.LocalDoor;
import io.pghoard.camel.storage.RepositoryDoors;
import io.pghoard.config.SiteName;
import io.pghoard.config.UnknownSiteException;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryPutTest {
  private static final ObjectKey KEY = new ObjectKey("main/xlog/x");

  @Test
  void object_liesInTheDirectory(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      service.store().put(KEY, Map.of("color", "red"), bytes("first"));
      assertThat(home.resolve("repository/main/xlog/x")).hasContent("first");
    }
  }

  @Test
  void secondPut_isRefused_andTheFirstStays(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      service.store().put(KEY, Map.of(), bytes("first"));
      assertThatThrownBy(() -> service.store().put(KEY, Map.of(), bytes("second")))
          .isInstanceOf(ObjectExistsException.class)
          .hasMessageContaining("main/xlog/x");
      assertThat(home.resolve("repository/main/xlog/x")).hasContent("first");
    }
  }

  @Test
  void passingFailure_isTriedAgain_withTheWholeBody(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      FailsOnce door = new FailsOnce(service.service().bean("localDoor", LocalDoor.class));
      service.service().context().getRegistry().bind("failsOnce", door);
      Files.createDirectories(home.resolve("routes"));
      String shipped =
          Files.readString(Path.of("src/main/resources/routes/repository-put.camel.yaml"));
      Files.writeString(
          home.resolve("routes/repository-put.camel.yaml"),
          shipped.replace("bean:localDoor", "bean:failsOnce"));
      // While the route is being replaced there is none of its name.
      await()
          .until(
              () -> service.service().context().getRoute("repository-put"),
              route -> route != null && route.getSourceLocation().startsWith("file:"));
      service.store().put(KEY, Map.of(), bytes("whole".repeat(100_000)));
      assertThat(door.calls).isEqualTo(2);
      assertThat(home.resolve("repository/main/xlog/x")).hasContent("whole".repeat(100_000));
    }
  }

  @Test
  void unknownSite_isRefused(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      RepositoryDoors doors =
          new RepositoryDoors(service.service().context().createProducerTemplate());
      assertThatThrownBy(() -> doors.of(new SiteName("other")).put(KEY, Map.of(), bytes("")))
          .isInstanceOf(UnknownSiteException.class)
          .hasMessageContaining("other")
          .hasMessageContaining("main");
    }
  }

  private static ByteArrayInputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A door that reads half of the first body and fails, as a store does whose network breaks. */
  public static final class FailsOnce {
    private final LocalDoor door;
    private int calls;

    FailsOnce(LocalDoor door) {
      this.door = door;
    }

    public void put(SiteName site, ObjectKey key, Map<String, String> metadata, InputStream body)
        throws IOException {
      if (++calls == 1) {
        body.skipNBytes(1000);
        throw new IOException("connection reset");
      }
      door.put(site, key, metadata, body);
    }
  }
}
