// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.config.SiteName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestorePreviewTest {
  private Path home;
  private HandMadeRepository repository;

  @BeforeEach
  void createRepository(@TempDir Path directory) throws IOException {
    home = directory;
    repository = new HandMadeRepository(directory.resolve("repository"));
    repository.backup("first", 2, 3, "2026-01-01T10:00:00Z");
    for (int segment = 2; segment <= 7; segment++) {
      repository.scanned(1, segment, "2026-01-01T12:00:0" + segment + "Z");
    }
  }

  private JsonNode preview(Object... words) throws IOException {
    Map<String, Object> map = new HashMap<>(Map.of("target_dir", home.resolve("new").toString()));
    for (int i = 0; i < words.length; i += 2) {
      map.put((String) words[i], words[i + 1]);
    }
    RestoreRun run =
        new RestoreRun(
            "1",
            RestoreParameters.parse(new SiteName("main"), map),
            new RestoreProgress(Clock.systemUTC()),
            new RestoreHost(List.of(), "restore %f %p"));
    RestoreSteps steps = repository.steps();
    steps.plan(run, repository.store().get(steps.choose(run)));
    return new ObjectMapper().valueToTree(steps.preview(run));
  }

  @Test
  void toTheEnd_tellsAllWal_andTheLastCommit() throws IOException {
    JsonNode plan = preview("restore_to_primary", true);
    assertThat(plan.get("basebackup").asText()).isEqualTo("first");
    assertThat(plan.get("becomes").asText()).isEqualTo("primary");
    assertThat(plan.get("chunks").asInt()).isEqualTo(1);
    assertThat(plan.get("files").asInt()).isEqualTo(4);
    JsonNode wal = plan.get("wal");
    assertThat(wal.get("first_segment").asText()).isEqualTo("000000010000000000000002");
    assertThat(wal.get("last_segment").asText()).isEqualTo("000000010000000000000007");
    assertThat(wal.get("segments").asInt()).isEqualTo(6);
    JsonNode reaches = plan.get("reaches");
    assertThat(reaches.get("target").asText()).isEqualTo("latest");
    assertThat(reaches.get("lsn").asText()).isEqualTo("0/8000000");
    assertThat(reaches.get("time").asText()).isEqualTo("2026-01-01T12:00:07Z");
    assertThat(reaches.get("last_commit_is_estimated").asBoolean()).isFalse();
    assertThat(plan.get("timelines")).hasSize(1);
    assertThat(plan.get("deletes")).isEmpty();
    // It does not tell its version, on which the settings depend.
    assertThat(plan.get("settings").isNull()).isTrue();
  }

  @Test
  void targets_needNoMoreWalThanTheyReach() throws IOException {
    JsonNode lsn = preview("recovery_target_lsn", "0/5000028");
    assertThat(lsn.get("wal").get("segments").asInt()).isEqualTo(4);
    assertThat(lsn.get("reaches").get("lsn").asText()).isEqualTo("0/5000028");
    JsonNode immediate = preview("recovery_target_immediate", true);
    assertThat(immediate.get("wal").get("last_segment").asText())
        .isEqualTo("000000010000000000000003");
    JsonNode time = preview("recovery_target_time", "2026-01-01T12:00:04Z");
    assertThat(time.get("reaches").get("time").asText()).isEqualTo("2026-01-01T12:00:04Z");
    assertThat(time.get("wal").get("segments").asInt()).isEqualTo(6);
    JsonNode xid = preview("recovery_target_xid", 700);
    assertThat(xid.get("reaches").get("xid").asInt()).isEqualTo(700);
    assertThat(xid.get("reaches").get("time").isNull()).isTrue();
  }

  @Test
  void overwrite_tellsWhatIsDeleted_andDeletesNothing() throws IOException {
    Path old = home.resolve("new");
    Files.createDirectories(old.resolve("global"));
    Files.write(old.resolve("global/pg_control"), new byte[8192]);
    Files.write(old.resolve("PG_VERSION"), new byte[3]);
    Map<String, String> before = FileTree.of(home);
    JsonNode plan = preview("overwrite", true, "preserve_until", "2030-01-01T00:00:00Z");
    assertThat(plan.get("deletes")).hasSize(1);
    JsonNode deletes = plan.get("deletes").get(0);
    assertThat(deletes.get("files").asInt()).isEqualTo(2);
    assertThat(deletes.get("bytes").asInt()).isEqualTo(8195);
    JsonNode space = plan.get("file_systems").get(0);
    assertThat(space.get("directories").get(0).asText()).isEqualTo(old.toString());
    assertThat(space.get("free_bytes").asLong()).isGreaterThan(8195);
    Map<String, String> after = FileTree.of(home);
    after.remove(home.resolve("pghoard.json").toString());
    assertThat(after).isEqualTo(before);
  }

  @Test
  void otherTimeline_isOnTheWay() throws IOException {
    repository.history(2, "1\t0/6000000\tno recovery target specified\n");
    repository.scanned(2, 6, "2026-01-02T12:00:00Z");
    JsonNode timelines = preview().get("timelines");
    assertThat(timelines).hasSize(2);
    assertThat(timelines.get(0).get("until_lsn").asText()).isEqualTo("0/6000000");
    assertThat(timelines.get(1).get("timeline").asInt()).isEqualTo(2);
  }
}
