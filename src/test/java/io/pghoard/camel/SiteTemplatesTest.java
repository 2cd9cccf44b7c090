// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routes of a site are made, however it is called. */
class SiteTemplatesTest {
  @Test
  void siteMayBeCalledLikeAnyStep(@TempDir Path home) throws Exception {
    // Of steps of a template that an operator may have, and of what Camel calls those without a
    // name.
    List<String> names = List.of("main", "main-due", "maindue", "main.due", "split1", "to1");
    try (RunningService service =
        RunningService.configured(
            home,
            root -> {
              ObjectNode sites = root.withObject("/backup_sites");
              ObjectNode main = (ObjectNode) sites.get("main");
              for (String name : names) {
                ObjectNode site = main.deepCopy();
                site.put("pg_data_directory", home.resolve("data-of-" + name).toString());
                site.put("prefix", "of-" + name);
                sites.set(name, site);
                data(home.resolve("data-of-" + name));
              }
            })) {
      List<String> ids =
          service.service().context().getRoutes().stream().map(Route::getRouteId).toList();
      assertThat(ids).containsAll(names.stream().map(name -> "site-scrub-" + name).toList());
      assertThat(service.send("GET", "/health").statusCode()).isEqualTo(200);
    }
  }

  /** The steps of all sites' routes would share it, and it might be the name of one of them. */
  @Test
  void stepOfATemplate_hasNoId() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/routes"))) {
      for (Path file : files.toList()) {
        String stem = String.valueOf(file.getFileName()).replace(".camel.yaml", "");
        if (stem.startsWith("site-")) {
          assertThat(Files.readAllLines(file))
              .as(stem)
              .filteredOn(line -> line.strip().replaceFirst("^- ", "").startsWith("id: "))
              .extracting(String::strip)
              .containsOnly("id: " + stem);
        }
      }
    }
  }

  private static void data(Path directory) {
    try {
      Files.createDirectories(directory.resolve("pg_wal/archive_status"));
      Files.writeString(directory.resolve("PG_VERSION"), "15\n");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
