// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pghoard.camel.storage.RoutedRepositories;
import io.pghoard.camel.storage.Stores;
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
      FailsOnce store = new FailsOnce(service.service().bean("stores", Stores.class));
      service.service().context().getRegistry().bind("failsOnce", store);
      Files.createDirectories(home.resolve("routes"));
      String shipped =
          Files.readString(Path.of("src/main/resources/routes/repository-put-local.camel.yaml"));
      Files.writeString(
          home.resolve("routes/repository-put-local.camel.yaml"),
          shipped.replace("bean:stores", "bean:failsOnce"));
      // While the route is being replaced there is none of its name.
      await()
          .until(
              () -> service.service().context().getRoute("repository-put-local"),
              route -> route != null && route.getSourceLocation().startsWith("file:"));
      service.store().put(KEY, Map.of(), bytes("whole".repeat(100_000)));
      assertThat(store.calls).isEqualTo(2);
      assertThat(home.resolve("repository/main/xlog/x")).hasContent("whole".repeat(100_000));
    }
  }

  @Test
  void unknownSite_isRefused(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      RoutedRepositories repositories =
          new RoutedRepositories(service.service().context().createProducerTemplate());
      assertThatThrownBy(() -> repositories.of(new SiteName("other")).put(KEY, Map.of(), bytes("")))
          .isInstanceOf(UnknownSiteException.class)
          .hasMessageContaining("other")
          .hasMessageContaining("main");
    }
  }

  private static ByteArrayInputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A store that reads half of the first body and fails, as a store does whose network breaks. */
  public static final class FailsOnce {
    private final Stores stores;
    private int calls;

    FailsOnce(Stores stores) {
      this.stores = stores;
    }

    public void put(SiteName site, ObjectKey key, Map<String, String> metadata, InputStream body)
        throws IOException {
      if (++calls == 1) {
        body.skipNBytes(1000);
        throw new IOException("connection reset");
      }
      stores.put(site, key, metadata, body);
    }
  }
}
