// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.restore.FileTree;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreDryRunTest {
  @Test
  void plan_isTheAnswer_andNothingIsStarted(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      Map<String, String> before = FileTree.of(home.resolve("repository"));
      HttpResponse<String> answer = dryRun(restoring, "\"preserve_until\": \"2030-01-01T00:00Z\"");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      JsonNode plan = new ObjectMapper().readTree(answer.body());
      assertThat(plan.get("basebackup").asText()).isEqualTo("only");
      assertThat(plan.get("wal").get("segments").asInt()).isEqualTo(1);
      assertThat(restoring.target).doesNotExist();
      assertThat(restoring.service.json("/main/restore").get("restores")).isEmpty();
      assertThat(FileTree.of(home.resolve("repository"))).isEqualTo(before);
    }
  }

  @Test
  void refusals_areThoseOfTheRestore(@TempDir Path home) throws Exception {
    try (RestoringService restoring = new RestoringService(home)) {
      HttpResponse<String> other = dryRun(restoring, "\"basebackup\": \"other\"");
      assertThat(other.statusCode()).isEqualTo(409);
      assertThat(other.body()).contains("has no base backup other; it has only");
      HttpResponse<String> late =
          dryRun(restoring, "\"recovery_target_time\": \"2030-01-01T00:00:00Z\"");
      assertThat(late.statusCode()).isEqualTo(409);
      assertThat(late.body()).contains("cannot be reached");
      assertThat(dryRun(restoring, "\"dry_run\": \"perhaps\"").statusCode()).isEqualTo(400);
      HttpResponse<String> elsewhere =
          restoring.post("{\"dry_run\": true, \"target_dir\": \"/srv/elsewhere\"}");
      assertThat(elsewhere.statusCode()).isEqualTo(409);
      assertThat(elsewhere.body()).contains("restore_directories");
    }
  }

  private static HttpResponse<String> dryRun(RestoringService restoring, String more)
      throws Exception {
    return restoring.post(
        "{\"dry_run\": true, \"target_dir\": \"%s\", %s}".formatted(restoring.target, more));
  }
}
