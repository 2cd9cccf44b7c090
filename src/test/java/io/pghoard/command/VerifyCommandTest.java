// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.repository.ObjectKey;
import io.pghoard.restore.HandMadeRepository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pghoard verify}, of base backups made by hand. */
class VerifyCommandTest {
  private HandMadeRepository repository;
  private Path stored;
  private String config = "";

  @BeforeEach
  void store(@TempDir Path home) throws IOException {
    stored = home.resolve("repository");
    repository = new HandMadeRepository(stored);
    repository.backup("old", 1, 1, "2026-01-01T09:00:00Z");
    repository.backup("new", 2, 2, "2026-01-01T10:00:00Z");
    for (int number = 1; number <= 3; number++) {
      repository.segment(1, number, "2026-01-01T12:00:00Z");
    }
    config = repository.configFile().toString();
  }

  private RestoreToolRun verify(String... more) {
    List<String> arguments = new ArrayList<>(List.of("verify", "--config", config));
    arguments.addAll(List.of(more));
    return RestoreToolRun.of(DaemonCommand::run, arguments);
  }

  private Path mark(ObjectKey key) {
    return stored.resolve(key.text().replaceFirst("main/", "main/damaged_object/"));
  }

  private void changeTable(String backup) throws IOException {
    Path chunk = stored.resolve(repository.chunk(backup).text());
    byte[] bytes = Files.readAllBytes(chunk);
    bytes[700] ^= 1;
    Files.write(chunk, bytes);
  }

  @Test
  void wholeBackup_isWhole() throws IOException {
    RestoreToolRun run = verify();
    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(run.out()).startsWith("new: whole; 2 objects, ");
    JsonNode all = new ObjectMapper().readTree(verify("--all", "--json").out());
    assertThat(all.path("whole").asBoolean()).isTrue();
    assertThat(all.path("basebackups")).hasSize(2);
    assertThat(all.path("findings")).isEmpty();
  }

  @Test
  void changedChunk_isNamedAndMarked_untilItIsPutBack() throws IOException {
    changeTable("new");
    RestoreToolRun run = verify();
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).startsWith("damaged: " + repository.chunk("new"));
    assertThat(mark(repository.chunk("new"))).exists();
    assertThat(verify("--basebackup", "old").status()).isZero();

    changeTable("new");
    assertThat(verify().status()).isZero();
    assertThat(mark(repository.chunk("new"))).doesNotExist();
  }

  @Test
  void fileThatTheManifestSaysOtherwiseOf_isNamed() throws IOException {
    repository.backup("false", 3, 3, "2026-01-01T11:00:00Z");
    ObjectKey chunk = repository.chunk("false");
    byte[] bytes = Files.readAllBytes(stored.resolve(chunk.text()));
    bytes[512] ^= 1;
    repository.store().delete(chunk);
    repository
        .store()
        .put(chunk, Map.of("format", "pghoard-bb-v2"), new ByteArrayInputStream(bytes));
    RestoreToolRun run = verify();
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("damaged: " + chunk + ": base/1/1259 is not as it was backed up: its SHA256 is ");
    assertThat(mark(chunk)).content().startsWith("its content is not what it should be: ");
  }

  @Test
  void missingChunk_isNamed() throws IOException {
    repository.store().delete(repository.chunk("new"));
    RestoreToolRun run = verify();
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .startsWith("missing: " + repository.chunk("new") + ": it is not in the repository");
  }

  @Test
  void missingWal_isAGap() throws IOException {
    repository.segment(1, 5, "2026-01-01T12:00:00Z");
    RestoreToolRun run = verify();
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("wal gap: new: recovery ends before the newest WAL: the first missing segment");
  }

  @Test
  void walThatIsNone_isDamaged() {
    RestoreToolRun run = verify("--wal");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("damaged: main/xlog/000000010000000000000002: ")
        .contains("damaged: main/xlog/000000010000000000000003: ")
        .doesNotContain("000000010000000000000001: ");
  }

  @Test
  void unknownBackup_isRefused() {
    RestoreToolRun run = verify("--basebackup", "other");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("site main has no base backup other; it has old, new");
    assertThat(verify("--basebackup", "old", "--all").status()).isEqualTo(2);
  }
}
