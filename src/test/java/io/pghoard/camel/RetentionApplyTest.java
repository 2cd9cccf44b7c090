// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The site of these tests keeps one base backup. */
class RetentionApplyTest {
  private static final SiteKeys KEYS = new SiteKeys("main");

  @Test
  void oldBackup_goesWithItsChunksAndWal(@TempDir Path home) throws Exception {
    try (RunningService service = keepingOne(home)) {
      twoBackups(service.store());
      int all = service.store().keys("main/").size();
      Files.createFile(home.resolve("maintenance"));
      service.call("retention-apply", Map.of("site", RunningService.SITE));
      assertThat(service.store().keys("main/")).as("in maintenance mode").hasSize(all);
      Files.delete(home.resolve("maintenance"));

      service.call("retention-apply", Map.of("site", RunningService.SITE));

      assertThat(service.store().keys("main/"))
          .extracting(ObjectKey::text)
          .containsExactly(
              "main/basebackup/new.00000000.pghoard",
              "main/basebackup_chunk/new/new.00000001.pghoard",
              "main/xlog/000000010000000000000005",
              "main/xlog/000000010000000000000006");
      service.call("retention-apply", Map.of("site", RunningService.SITE));
      assertThat(service.store().keys("main/")).hasSize(4);
    }
  }

  @Test
  void objectThatCannotBeDeleted_keepsWhatComesAfterIt(@TempDir Path home) throws Exception {
    // An operator's route stands for a store that refuses to delete the chunk.
    Path routes = Files.createDirectories(home.resolve("routes"));
    Files.writeString(
        routes.resolve("repository-delete.camel.yaml"),
        """
        - route:
            id: repository-delete
            description: Deletes main objects only.
            from:
              uri: direct:repository-delete
              steps:
                - filter:
                    simple:
                      expression: "${variable.objectKeys[0].text} contains 'chunk'"
                    steps:
                      - throwException:
                          exceptionType: java.io.IOException
                          message: "cannot delete ${variable.objectKeys}"
                - to:
                    uri: bean:stores
                    parameters:
                      method: delete(${variable.site}, ${variable.objectKeys})
        """);
    try (RunningService service = keepingOne(home)) {
      twoBackups(service.store());

      Exchange answer =
          service
              .service()
              .context()
              .createProducerTemplate()
              .request(
                  "direct:retention-apply",
                  exchange -> exchange.setVariable("site", RunningService.SITE));

      assertThat(answer.getException())
          .hasStackTraceContaining(
              "cannot delete [main/basebackup_chunk/old/old.00000001.pghoard]");
      assertThat(service.store().keys("main/basebackup/")).hasSize(1);
      assertThat(service.store().keys("main/basebackup_chunk/")).hasSize(2);
      assertThat(service.store().keys("main/xlog/")).hasSize(6);
    }
  }

  @Test
  void siteWithoutBackups_keepsItsWal(@TempDir Path home) throws Exception {
    try (RunningService service = keepingOne(home)) {
      put(service.store(), "main/xlog/000000010000000000000001", Map.of());

      service.call("retention-apply", Map.of("site", RunningService.SITE));

      assertThat(service.store().keys("main/")).hasSize(1);
    }
  }

  static RunningService keepingOne(Path home) throws Exception {
    return RunningService.configured(
        home, root -> root.withObject("/backup_sites/main").put("basebackup_count", 1));
  }

  static void twoBackups(ObjectStore store) throws IOException {
    for (int number = 1; number <= 6; number++) {
      put(store, "main/xlog/00000001000000000000000" + number, Map.of());
    }
    backup(store, "old", 2, "2026-11-01T00:00:00+00:00");
    backup(store, "new", 5, "2026-11-02T00:00:00+00:00");
  }

  private static void backup(ObjectStore store, String name, int segment, String time)
      throws IOException {
    put(store, KEYS.chunk(name, 1).text(), Map.of());
    put(
        store,
        KEYS.mainObject(name).text(),
        Map.of(
            "format",
            "pghoard-bb-v2",
            "start-time",
            time,
            "start-wal-segment",
            "00000001000000000000000" + segment,
            "end-wal-segment",
            "00000001000000000000000" + (segment + 1)));
  }

  private static void put(ObjectStore store, String key, Map<String, String> metadata)
      throws IOException {
    store.put(new ObjectKey(key), metadata, InputStream.nullInputStream());
  }
}
