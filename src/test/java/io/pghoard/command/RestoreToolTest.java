// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.repository.DamageMarks;
import io.pghoard.repository.LocalObjectStore;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.SiteKeys;
import io.pghoard.restore.FileTree;
import io.pghoard.restore.HandMadeRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreToolTest {
  private Path home;
  private Path config;
  private String out = "";
  private String err = "";

  @BeforeEach
  void createRepository(@TempDir Path directory) throws IOException {
    home = directory;
    HandMadeRepository repository = new HandMadeRepository(directory.resolve("repository"));
    config = repository.configFile();
    repository.backup("2026-01-01_10-00_0", 2, 2, "2026-01-01T10:00:00Z");
    repository.segment(1, 2, "2026-01-01T12:00:00Z");
  }

  private int run(String... arguments) {
    RestoreToolRun run = RestoreToolRun.of(List.of(arguments));
    out = run.out();
    err = run.err();
    return run.status();
  }

  private int get(String... more) {
    List<String> arguments = new ArrayList<>(List.of("get-basebackup", "--config=" + config));
    arguments.add("--target-dir=" + home.resolve("restored"));
    arguments.add("--pghoard-postgres-command-bin=/opt/pghoard_postgres_command");
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void listBaseBackups_isATable() {
    assertThat(run("list-basebackups", "--config=" + config)).isZero();
    assertThat(out)
        .contains("NAME", "START (UTC)", "2026-01-01_10-00_0  2026-01-01 09:59:59")
        .contains("000000010000000000000002");
  }

  @Test
  void listBaseBackups_tellsOfDamage() throws IOException {
    LocalObjectStore store = new LocalObjectStore(home.resolve("repository"));
    ObjectKey chunk = new SiteKeys("main").chunk("2026-01-01_10-00_0", 1);
    new DamageMarks(store, new SiteKeys("main")).mark(chunk, "it was changed");
    assertThat(run("list-basebackups", "--config=" + config)).isZero();
    assertThat(out)
        .contains("2026-01-01_10-00_0 is damaged and cannot be restored: 1 of its objects, ")
        .contains("the first is " + chunk);
  }

  @Test
  void getBaseBackup_restoresAndTellsWhatNext() throws IOException {
    Path status = home.resolve("status.json");
    assertThat(get("--status-output-file=" + status, "--recovery-target-immediate"))
        .as(err)
        .isZero();
    assertThat(out).contains("Restored base backup 2026-01-01_10-00_0", "pg_ctl -D", "Note:");
    assertThat(home.resolve("restored/global/pg_control")).exists();
    assertThat(home.resolve("restored/postgresql.auto.conf"))
        .content()
        .contains("/opt/pghoard_postgres_command --mode restore", "recovery_target = 'immediate'");
    assertThat(Files.readString(status)).contains("\"progress_percent\":100.0");
  }

  @Test
  void getBaseBackup_refused_saysWhy() {
    assertThat(get("--basebackup=other")).isEqualTo(1);
    assertThat(err).contains("has no base backup other; it has 2026-01-01_10-00_0");
    assertThat(home.resolve("restored")).doesNotExist();
  }

  @Test
  void dryRun_showsThePlan_andChangesNothing() throws IOException {
    Map<String, String> before = FileTree.of(home);
    assertThat(get("--dry-run", "--restore-to-primary", "--preserve-until=2030-01-01T00:00:00Z"))
        .as(err)
        .isZero();
    assertThat(out)
        .contains("Dry run: nothing was changed", "Base backup  2026-01-01_10-00_0")
        .contains("000000010000000000000002 to 000000010000000000000002, 1 segments at most")
        .contains("as a primary", "Deletes      nothing");
    assertThat(get("--dry-run", "--json", "--recovery-target-immediate")).isZero();
    JsonNode plan = new ObjectMapper().readTree(out);
    assertThat(plan.get("basebackup").asText()).isEqualTo("2026-01-01_10-00_0");
    assertThat(plan.get("reaches").get("target").asText()).isEqualTo("immediate");
    assertThat(FileTree.of(home)).isEqualTo(before);
  }

  @Test
  void dryRun_isRefused_asTheRestoreIs() throws IOException {
    Files.createDirectories(home.resolve("restored/other"));
    for (String word :
        List.of("--basebackup=other", "--recovery-target-time=2030-01-01T00:00Z", "--overwrite")) {
      assertThat(get(word)).isEqualTo(1);
      String refused = err;
      assertThat(get(word, "--dry-run")).isEqualTo(1);
      assertThat(err).isEqualTo(refused).startsWith("pghoard_restore: ");
      assertThat(out).isEmpty();
    }
    assertThat(get("--json")).isEqualTo(2);
  }

  @Test
  void wrongCommandLine_isTwo() {
    assertThat(run()).isEqualTo(2);
    assertThat(run("get-basebackup", "--config=" + config)).isEqualTo(2);
    assertThat(get("--recovery-target-time=2026-01-01 11:00:00")).isEqualTo(2);
    assertThat(err).contains("offset from UTC");
    assertThat(get("--recovery-target-xid=5", "--recovery-target-name=a")).isEqualTo(2);
    assertThat(get("--no-cancel-preserve-on-success", "--preserve-until=soon")).isEqualTo(2);
    assertThat(err).contains("preserve_until");
    assertThat(get("--recovery-target-inclusive", "--recovery-target-exclusive")).isEqualTo(2);
    assertThat(get("--site=a/b")).isEqualTo(2);
  }

  @Test
  void preservation_staysWhenAsked() {
    Path requests = home.resolve("repository/main/preservation_request");
    assertThat(get("--preserve-until=2030-01-01T00:00:00Z")).as(err).isZero();
    assertThat(requests)
        .satisfiesAnyOf(
            gone -> assertThat(gone).doesNotExist(), gone -> assertThat(gone).isEmptyDirectory());
    assertThat(
            get(
                "--overwrite",
                "--preserve-until=2030-01-01T00:00:00Z",
                "--no-cancel-preserve-on-success"))
        .isZero();
    assertThat(requests).isNotEmptyDirectory();
  }

  @Test
  void unknownSite_isOne() {
    assertThat(get("--site=other")).isEqualTo(1);
    assertThat(err).contains("there is no site \"other\"");
  }
}
