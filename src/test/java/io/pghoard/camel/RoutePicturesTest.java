// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutePicturesTest {
  private static final Path PAGE = Path.of("docs/routes.md");
  private static final Path ROUTES = Path.of("src/main/resources/routes");

  @Test
  void pagesPictures_areThoseOfTheRoutes() throws IOException {
    String drawn = new RoutePictures(new RouteConventions(ROUTES, Path.of(""), PAGE)).page();
    if (Boolean.getBoolean("pictures.draw")) {
      Files.writeString(PAGE, drawn);
    }
    assertThat(PAGE)
        .as("draw it anew: mvn test -Dtest=RoutePicturesTest -Dpictures.draw=true")
        .hasContent(drawn);
    assertThat(drawn).contains("site_wal_watch[site-wal-watch] --> wal_look_ahead[wal-look-ahead]");
  }

  @Test
  void routeOfATable_isDrawn_withWhatItCalls(@TempDir Path directory) throws IOException {
    Files.writeString(
        directory.resolve("a.camel.yaml"),
        """
        - route:
            id: a
            from:
              uri: scheduler:a
              steps:
                - to: bean:something
                - to: direct:b
                - toD:
                    uri: aws2-s3:${variable.bucket}
        """);
    Path page =
        Files.writeString(
            directory.resolve("page.md"),
            "# Routes\n\n```mermaid\nold\n```\n\n| route | |\n|---|---|\n| `a` | first |\n");

    String drawn = new RoutePictures(new RouteConventions(directory, directory, page)).page();

    assertThat(drawn)
        .contains(
            """
            ```mermaid
            flowchart LR
              camel_scheduler([scheduler]) --> a[a]
              a[a] --> b[b]
              a[a] --> camel_aws2_s3([aws2-s3])
            ```
            """)
        .endsWith("| `a` | first |\n");
  }
}
