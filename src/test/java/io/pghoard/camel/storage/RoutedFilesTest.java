// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.camel.RunningService;
import io.pghoard.config.SiteName;
import io.pghoard.repository.ObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutedFilesTest {
  private static final String ROUTE =
      """
      - route:
          id: repository-%1$s-who
          description: Says for which site it was asked.
          errorHandler:
            noErrorHandler: {}
          from:
            uri: direct:repository-%1$s-who
            steps:
              - throwException:
                  exceptionType: java.lang.IllegalStateException
                  message: "asked for ${variable.site}"
      """;

  @Test
  void sitesWithTheSameStorage_areToldApart(@TempDir Path home) throws Exception {
    Path routes = Files.createDirectory(home.resolve("routes"));
    for (String deed : List.of("put", "get", "list", "delete")) {
      Files.writeString(
          routes.resolve("repository-" + deed + "-who.camel.yaml"), ROUTE.formatted(deed));
    }
    try (RunningService service = RunningService.configured(home, RoutedFilesTest::twoSites)) {
      for (String site : List.of("main", "other")) {
        ObjectStore store =
            new RoutedRepositories(service.service().context().createProducerTemplate())
                .of(new SiteName(site));
        assertThatThrownBy(() -> store.keys(site + "/")).hasMessageContaining("asked for " + site);
      }
    }
  }

  private static void twoSites(ObjectNode root) {
    ObjectNode sites = root.withObject("/backup_sites");
    ObjectNode main = sites.withObject("/main");
    main.withObject("/object_storage").removeAll().put("storage_type", "routed").put("name", "who");
    sites.set("other", main.deepCopy().put("active", false));
  }
}
