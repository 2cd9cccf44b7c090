// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.config.SiteName;
import io.pghoard.repository.LeftOut;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeftOutFilesTest {
  private final LeftOutFiles files = new LeftOutFiles(new SiteName("main"));
  private final List<String> ended = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "WARNING:  skipping special file \"./pg hba.conf\"",
        "WARNUNG:  überspringe besondere Datei »./pg hba.conf«",
        "ATTENTION:  ignore le fichier spécial « ./pg hba.conf »",
        "ATTENTION:  ignore le fichier spécial «\u00a0./pg hba.conf\u00a0»",
        "ПРЕДУПРЕЖДЕНИЕ:  специальный файл \"./pg hba.conf\" пропускается",
        "警告:  スペシャルファイル\"./pg hba.conf\"をスキップしています"
      })
  void warning_isUnderstoodInAnyLanguage(String line) {
    assertThat(LeftOutFiles.named(line)).contains("pg hba.conf");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pg_basebackup: starting background WAL receiver",
        "pg_basebackup: error: could not write to file \"/srv/base.tar\": No space left on device",
        "WARNING:  checksum verification failed in file \"./base/5/1\", block 7: calculated 1 but expected 2",
        "WARNING:  file \"./base/5/1\" has a total of 3 checksum verification failures",
        "NOTICE:  all required WAL segments have been archived",
      })
  void otherLine_isNone(String line) {
    assertThat(LeftOutFiles.named(line)).isEmpty();
  }

  @Test
  void data_endsTheBackup_andTheRestIsKept() {
    for (String name : List.of("./pg_hba.conf", "./conf.d", "./pg_log", "./.s.PGSQL.5432", "./f")) {
      files.heard("WARNING:  skipping special file \"" + name + "\"", ended::add);
      files.heard("WARNING:  skipping special file \"" + name + "\"", ended::add);
    }
    assertThat(ended).isEmpty();
    assertThat(files.names()).containsExactly("conf.d", "f", "pg_hba.conf", "pg_log");
    for (String name : List.of("./base/16385", "./pg_xact", "/ts/PG_15_202209061/5")) {
      files.heard("WARNUNG:  überspringe besondere Datei »" + name + "«", ended::add);
    }
    assertThat(ended).hasSize(3);
    assertThat(ended.get(0)).contains("leaves out base/16385", "stop PostgreSQL");
  }

  @Test
  void metadata_haveAsManyNamesAsThereIsRoomFor() {
    Map<String, String> metadata = new TreeMap<>();
    LeftOut.add(List.of(), metadata);
    assertThat(metadata).isEmpty();
    assertThat(LeftOut.of(metadata)).isNull();
    LeftOut.add(List.of("bücher", "conf.d"), metadata);
    assertThat(metadata).containsEntry("left-out", "[\"b\\u00FCcher\",\"conf.d\"]");
    assertThat(LeftOut.of(metadata)).hasToString("bücher, conf.d");
    LeftOut.add(IntStream.range(0, 1000).mapToObj(i -> "link" + i).toList(), metadata);
    assertThat(metadata.get("left-out")).hasSizeBetween(380, 400);
    assertThat(String.valueOf(LeftOut.of(metadata))).startsWith("link0, link1").endsWith(" more");
    assertThat(LeftOut.of(Map.of("left-out-count", "3", "left-out", "{"))).hasToString("3 more");
  }
}
