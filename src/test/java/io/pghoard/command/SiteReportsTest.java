// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.repository.DamageMarks;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.SiteKeys;
import io.pghoard.restore.FileTree;
import io.pghoard.restore.HandMadeRepository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pghoard list} and {@code pghoard recovery}, of a repository made by hand. */
class SiteReportsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Path home;
  private Path config;
  private HandMadeRepository repository;
  private String out = "";
  private String err = "";

  @BeforeEach
  void createRepository(@TempDir Path directory) throws IOException {
    home = directory;
    repository = new HandMadeRepository(directory.resolve("repository"));
    config = repository.configFile();
    repository.backup("old", 2, 2, "2026-01-01T10:00:00Z");
    repository.backup("new", 5, 5, "2026-01-02T10:00:00Z");
    for (int segment : new int[] {2, 3, 5, 6}) {
      repository.segment(1, segment, "2026-01-03T12:00:00Z");
    }
  }

  private int run(String... arguments) {
    List<String> all =
        Stream.concat(Stream.of(arguments), Stream.of("--config=" + config)).toList();
    RestoreToolRun run = RestoreToolRun.of(DaemonCommand::run, all);
    out = run.out();
    err = run.err();
    return run.status();
  }

  private JsonNode site(int index) throws IOException {
    return JSON.readTree(out).get("sites").get(index);
  }

  @Test
  void list_hasWhatIsStored_andChangesNothing() throws IOException {
    SiteKeys keys = new SiteKeys("main");
    new DamageMarks(repository.store(), keys).mark(repository.chunk("old"), "it was changed");
    repository
        .store()
        .put(
            new ObjectKey(keys.preservationRequests() + "new_2030-01-01"),
            Map.of(
                "preserve-backup", "new.00000000.pghoard",
                "preserve-until", "2030-01-01 00:00:00+00:00"),
            new ByteArrayInputStream(new byte[0]));
    Map<String, String> before = FileTree.of(home.resolve("repository"));

    assertThat(run("list", "--json")).as(err).isZero();

    JsonNode backups = site(0).get("basebackups");
    assertThat(site(0).get("site").asText()).isEqualTo("main");
    assertThat(backups).hasSize(2);
    assertThat(backups.get(0).get("basebackup").asText()).isEqualTo("old");
    assertThat(backups.get(0).get("restorable").asBoolean()).isFalse();
    assertThat(backups.get(0).get("damaged")).hasSize(1);
    assertThat(backups.get(1).get("restorable").asBoolean()).isTrue();
    assertThat(backups.get(1).get("seconds").asInt()).isEqualTo(1);
    assertThat(backups.get(1).get("timeline").asInt()).isEqualTo(1);
    assertThat(backups.get(1).get("tablespaces").isEmpty()).isTrue();
    assertThat(backups.get(1).get("preserved_until").asText()).isEqualTo("2030-01-01T00:00:00Z");
    assertThat(run("list")).isZero();
    assertThat(out)
        .contains("Site main", "damaged: 1 objects")
        .contains("restorable, preserved until 2030-01-01T00:00:00Z");
    assertThat(FileTree.of(home.resolve("repository"))).isEqualTo(before);
  }

  @Test
  void listOfPghoardRestore_tellsTheSame() throws IOException {
    RestoreToolRun run =
        RestoreToolRun.of(List.of("list-basebackups", "--json", "--config=" + config));
    assertThat(run.status()).isZero();
    assertThat(run("list", "--json")).isZero();
    assertThat(JSON.readTree(run.out())).isEqualTo(site(0));
  }

  @Test
  void recovery_hasWindowsGapsAndTimelines() throws IOException {
    repository.history(2, "1\t0/6000000\tno recovery target specified\n");
    repository.segment(2, 6, "2026-01-03T12:00:00Z");
    assertThat(run("recovery", "--site=main", "--json")).as(err).isZero();
    JsonNode main = site(0);
    assertThat(main.get("windows")).hasSize(2);
    assertThat(main.get("gaps").get(0).get("first_missing").asText())
        .isEqualTo("000000010000000000000004");
    assertThat(main.get("timelines")).hasSize(2);
    assertThat(main.get("timelines").get(1).get("parent").asInt()).isEqualTo(1);
    assertThat(main.get("timelines").get(1).get("begin_lsn").asText()).isEqualTo("0/6000000");
    assertThat(main.get("trouble").isNull()).isTrue();
    assertThat(run("recovery")).isZero();
    assertThat(out)
        .contains("base backup new: to any time from 2026-01-02T10:00:00Z to ")
        .contains("gap: 000000010000000000000004 is missing", "left timeline 1 at 0/6000000");
  }

  @Test
  void storeThatCannotBeRead_doesNotHideTheOthers() throws IOException {
    ObjectNode root = (ObjectNode) JSON.readTree(Files.readAllBytes(config));
    ObjectNode sites = (ObjectNode) root.get("backup_sites");
    ObjectNode broken = sites.get("main").deepCopy();
    broken.put("pg_data_directory", home.resolve("other").toString());
    Files.createDirectories(home.resolve("broken"));
    Files.writeString(home.resolve("broken/main"), "a file in the place of a directory");
    ((ObjectNode) broken.get("object_storage"))
        .put("directory", home.resolve("broken/main/x").toString());
    sites.set("broken", broken);
    ObjectNode empty = sites.get("main").deepCopy();
    empty.put("pg_data_directory", home.resolve("third").toString());
    ((ObjectNode) empty.get("object_storage"))
        .put("directory", home.resolve("repository").toString());
    sites.set("empty", empty);
    Files.writeString(config, root.toString());
    assertThat(run("recovery", "--json")).as(err).isEqualTo(1);
    assertThat(JSON.readTree(out).get("sites"))
        .anySatisfy(site -> assertThat(site.path("error").asText()).isNotEmpty())
        .anySatisfy(site -> assertThat(site.path("windows")).hasSize(2))
        .anySatisfy(site -> assertThat(site.path("trouble").asText()).contains("no base backup"));
    assertThat(run("list", "--site=nowhere")).isEqualTo(2);
  }
}
