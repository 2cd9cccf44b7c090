// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarReader;
import io.pghoard.codec.TarWriter;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.BaseBackupObject.Chunk;
import io.pghoard.repository.BaseBackupObject.Tablespace;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BaseBackupObjectTest {
  private static final BaseBackupObject BACKUP =
      new BaseBackupObject(
          Instant.parse("2026-11-22T09:55:01Z"),
          WalSegmentName.parse("000000010000000000000002"),
          Instant.parse("2026-11-22T09:55:04.243646Z"),
          WalSegmentName.parse("000000010000000000000003"),
          "/var/lib/postgresql/15/main",
          "db1",
          "3.0.0",
          Map.of(
              "fast",
              new Tablespace("/srv/fast", 16384, "fast"),
              "16385",
              new Tablespace("/srv/b\udcfccher", 16385, "a/b")),
          List.of(
              new Chunk(
                  "2026-11-22_09-55_0/2026-11-22_09-55_0.00000001.pghoard",
                  10240,
                  700,
                  List.of("pgdata/PG_VERSION", "tablespaces/fast/PG_15/5/1"))));

  @Test
  void archive_hasTheEntriesInTheirOrder(@TempDir Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (TarReader tar = written(directory)) {
      for (TarEntry entry; (entry = tar.next()) != null; ) {
        names.add(entry.name());
      }
    }
    assertThat(names)
        .startsWith(".pghoard_tar_metadata.json", "pgdata/global/pg_control", "pgdata/backup_label")
        .contains("pgdata/pg_wal/archive_status", "pgdata/pg_tblspc")
        .endsWith("pgdata/backup_manifest");
  }

  @Test
  void tablespaceKeys_areDirectoriesAndNoObjectIdsOfOthers() {
    assertThat(new Tablespace("/srv/fast", 16384, "fast 2.0").key()).isEqualTo("fast 2.0");
    for (String name : List.of("16385", "a/b", "..", ".", "", "ü", "b\udcfccher", "a,b", "a\nb")) {
      assertThat(new Tablespace("/srv/odd", 16384, name).key()).isEqualTo("16384");
    }
  }

  @Test
  void record_isReadBackWithWhatLiesBesideIt(@TempDir Path directory) throws IOException {
    try (TarReader tar = written(directory)) {
      assertThat(BaseBackupObject.read(tar)).isEqualTo(BACKUP);
      assertThat(tar.next()).extracting(TarEntry::name).isEqualTo(BaseBackupObject.PG_CONTROL);
      assertThat(tar.content()).hasBinaryContent(new byte[8192]);
    }
  }

  @Test
  void record_hasTheFieldsOfThePythonPghoard(@TempDir Path directory) throws IOException {
    try (TarReader tar = written(directory)) {
      tar.next();
      assertThat(tar.content())
          .hasContent(
              """
              {"backup_end_time":"2026-11-22T09:55:04.243646+00:00",\
              "backup_end_wal_segment":"000000010000000000000003",\
              "backup_start_time":"2026-11-22T09:55:01+00:00",\
              "backup_start_wal_segment":"000000010000000000000002",\
              "host":"db1","pgdata":"/var/lib/postgresql/15/main",\
              "pghoard_object":"basebackup","pghoard_version":"3.0.0",\
              "tablespaces":{"16385":{"path":"/srv/b\\uDCFCcher","oid":16385,"name":"a/b"},\
              "fast":{"path":"/srv/fast","oid":16384}},\
              "chunks":[{"chunk_filename":"2026-11-22_09-55_0/2026-11-22_09-55_0.00000001.pghoard",\
              "input_size":10240,"result_size":700,\
              "files":["pgdata/PG_VERSION","tablespaces/fast/PG_15/5/1"]}]}""");
    }
  }

  @Test
  void recordOfPythonOnAStandby_hasNoEndSegment() throws IOException {
    String json =
        """
        {"backup_end_time": "2026-11-22 09:55:04.243646+00:00", "backup_end_wal_segment": null,
         "backup_start_time": "2026-11-22T09:55:01Z",
         "backup_start_wal_segment": "000000010000000000000002", "pgdata": "/d", "host": "h",
         "pghoard_object": "basebackup", "pghoard_version": "2.7.0", "tablespaces": {},
         "delta_stats": {"hashes": {"ab": 1}}, "chunks": []}
        """;
    try (TarReader tar = archive(BaseBackupObject.RECORD, json)) {
      BaseBackupObject backup = BaseBackupObject.read(tar);
      assertThat(backup.endSegment()).isNull();
      assertThat(backup.endTime()).isEqualTo("2026-11-22T09:55:04.243646Z");
      assertThat(backup.startTime()).isEqualTo("2026-11-22T09:55:01Z");
    }
  }

  @Test
  void recordOfMoreChunksThanAnyBackupHas_isRefused() {
    String start =
        """
        {"backup_end_time": "2026-11-22T09:55:04Z", "backup_start_time": "2026-11-22T09:55:01Z",
         "backup_start_wal_segment": "000000010000000000000002", "pgdata": "/d", "%s": [""";
    String chunk =
        "{\"chunk_filename\":\"a/a.00000001.pghoard\",\"input_size\":1,\"result_size\":1},";
    assertThatThrownBy(
            () ->
                BaseBackupJson.read(
                    stream(start.formatted("chunks") + chunk.repeat(250_001)), false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than 250000 chunks");
  }

  @Test
  void recordOfMoreTablespacesThanAnyClusterHas_isRefused() {
    String some = "\"%d\": {\"path\": \"/a\", \"oid\": %d},";
    StringBuilder json = new StringBuilder("{\"tablespaces\": {");
    for (int oid = 1; oid < 10_002; oid++) {
      json.append(some.formatted(oid, oid));
    }
    assertThatThrownBy(
            () ->
                BaseBackupJson.read(
                    new ByteArrayInputStream(json.toString().getBytes(UTF_8)), false))
        .hasMessageContaining("more than 10000 tablespaces");
    for (String impossible :
        List.of(
            "{\"chunks\":[{\"chunk_filename\":\"a\",\"input_size\":-1,\"result_size\":1}]}",
            "{\"chunks\":[{\"chunk_filename\":\"a\",\"input_size\":9223372036854775807,\"result_size\":1}]}",
            "{\"pgdata\": \"%s\"}".formatted("/d".repeat(10_000)))) {
      assertThatThrownBy(
              () ->
                  BaseBackupJson.read(new ByteArrayInputStream(impossible.getBytes(UTF_8)), false))
          .isInstanceOf(IOException.class);
    }
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }

  @Test
  void read_rejects() throws IOException {
    for (String json :
        List.of("", "[]", "{}", "{\"chunks\":[{}]}", "{\"chunks\":3}", "{\"pgdata\"")) {
      try (TarReader tar = archive(BaseBackupObject.RECORD, json)) {
        assertThatThrownBy(() -> BaseBackupObject.read(tar))
            .as(json)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("cannot be read");
      }
    }
    try (TarReader tar = archive("PG_VERSION", "15\n")) {
      assertThatThrownBy(() -> BaseBackupObject.read(tar)).hasMessageContaining("PG_VERSION");
    }
  }

  @Test
  void sizes_areTheSumsOfTheChunks() {
    assertThat(BACKUP.plainSize()).isEqualTo(10240);
    assertThat(BACKUP.storedSize()).isEqualTo(700);
  }

  private static TarReader written(Path directory) throws IOException {
    Path manifest = Files.writeString(directory.resolve("backup_manifest"), "{}");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BACKUP.write(out, new byte[8192], new byte[200], manifest);
    return new TarReader(new ByteArrayInputStream(out.toByteArray()));
  }

  private static TarReader archive(String name, String content) throws IOException {
    byte[] bytes = content.getBytes(UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(out);
    tar.put(TarEntry.file(name, bytes.length, 0), new ByteArrayInputStream(bytes));
    tar.finish();
    return new TarReader(new ByteArrayInputStream(out.toByteArray()));
  }
}
