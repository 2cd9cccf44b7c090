// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestoredConfigurationTest {
  private Path root;
  private Path old;
  private Path data;

  @BeforeEach
  void makeClusters(@TempDir Path directory) throws IOException {
    root = directory;
    old = cluster("old");
    data = cluster("restored");
    write("postgresql.auto.conf", "");
  }

  private Path cluster(String name) throws IOException {
    Path made = Files.createDirectory(root.resolve(name));
    Files.writeString(made.resolve("PG_VERSION"), "15\n");
    return made;
  }

  private void write(String name, String text) throws IOException {
    Path file = data.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text.replace("OLD", old.toString()), ISO_8859_1);
  }

  private String text(String name) throws IOException {
    return Files.readString(data.resolve(name), ISO_8859_1);
  }

  private RestoredConfiguration restored() throws IOException {
    RestoredConfiguration configuration = RestoredConfiguration.read(data);
    configuration.write();
    return configuration;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data_directory = 'OLD'",
        "DATA_Directory='OLD'\r",
        "data_directory = 'elsewhere'",
        "hba_file 'OLD/pg_hba.conf'  # caf\u00e9",
        "ident_file = '/no/such/place/pg_ident.conf'",
        "external_pid_file = '/var/run/15-main.pid'",
        "external_pid_file = '../old.pid'",
        "stats_temp_directory = '/run/stats'",
        "log_directory = 'OLD/log'",
        "ssl_key_file = 'OLD/server.key'",
        "include 'OLD/extra.conf'",
        "include '../old/extra.conf'",
        "include_if_exists '/no/such/place/extra.conf'",
        "include_dir = 'OLD/conf.d'",
      })
  void lineThatLeadsElsewhere_isMadeAComment_andTheOriginalIsKept(String line) throws IOException {
    String before = "# caf\u00e9\nport = 5433\n" + line.replace("OLD", old.toString()) + "\n";
    write("postgresql.conf", before);
    Files.setPosixFilePermissions(
        data.resolve("postgresql.conf"), PosixFilePermissions.fromString("r--r-----"));
    RestoredConfiguration configuration = restored();
    assertThat(text("postgresql.conf"))
        .isEqualTo(
            "# caf\u00e9\nport = 5433\n# disabled by pghoard_restore: "
                + line.replace("OLD", old.toString())
                + "\n");
    assertThat(text("postgresql.conf.before_restore")).isEqualTo(before);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(data.resolve("postgresql.conf"))))
        .isEqualTo("r--r-----");
    assertThat(configuration.notes())
        .anyMatch(note -> note.startsWith("in postgresql.conf, ") && note.contains("comment"))
        .anyMatch(note -> note.endsWith("postgresql.conf.before_restore"));
    assertThat(configuration.value("port")).isEqualTo("5433");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data_directory = 'DATA'",
        "hba_file = 'DATA/pg_hba.conf'",
        "hba_file = 'pg_hba.conf'",
        "hba_file = ''",
        "external_pid_file = 'DATA/pid'",
        "external_pid_file = ''",
        "log_directory = '/var/log/none'",
        "ssl_cert_file = 'server.crt'",
        "include 'conf.d/a.conf'",
        "include_if_exists 'DATA/missing.conf'",
        "# data_directory = '/old'",
      })
  void lineThatStaysInside_isLeft(String line) throws IOException {
    write("conf.d/a.conf", "port = 1\n");
    write("postgresql.conf", line.replace("DATA", data.toString()) + "\n");
    assertThat(restored().notes()).isEmpty();
    assertThat(data.resolve("postgresql.conf.before_restore")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "include 'OLD/conf.d/a.conf', include = 'conf.d/a.conf'",
    "include_dir 'OLD/conf.d', include_dir = 'conf.d'",
    "ssl_cert_file = 'OLD/conf.d/a.conf', ssl_cert_file = 'conf.d/a.conf'",
    "hba_file = 'OLD/conf.d/a.conf', hba_file = 'DATA/conf.d/a.conf'",
  })
  void fileOfTheOldCluster_thatIsRestoredToo_isTheRestoredOne(String line, String now)
      throws IOException {
    Files.createDirectory(old.resolve("conf.d"));
    Files.writeString(old.resolve("conf.d/a.conf"), "max_connections = 1\n");
    write("conf.d/a.conf", "max_connections = 2\n");
    write("postgresql.conf", line.replace("'", "'") + "\n");
    RestoredConfiguration configuration = restored();
    assertThat(text("postgresql.conf")).isEqualTo(now.replace("DATA", data.toString()) + "\n");
    if (line.startsWith("include")) {
      assertThat(configuration.value("max_connections")).isEqualTo("2");
    }
    assertThat(restored().notes()).isEmpty();
  }

  @Test
  void includedFiles_areReadInTheServersOrder_andChangedWhereTheyStand() throws IOException {
    write("postgresql.conf", "include_dir 'conf.d'\nmax_connections = 5\ninclude 'sub/x'\n");
    write("conf.d/b.conf", "max_connections = 2\nhba_file = 'OLD/pg_hba.conf'\n");
    write("conf.d/a.conf", "max_connections = 1\nrecovery_target_lsn = '0/1'\n");
    write("conf.d/.hidden.conf", "max_connections = 9\n");
    write("conf.d/a.conf.bak", "max_connections = 9\n");
    write("sub/x", "include 'y'\n");
    write("sub/y", "Max_Connections = 7\nrecovery_target_xid = ''\n");
    write("postgresql.auto.conf", "recovery_target_name = 'x'\n");
    RestoredConfiguration configuration = restored();
    assertThat(configuration.value("max_connections")).isEqualTo("7");
    assertThat(configuration.targets()).containsExactly("recovery_target_lsn");
    assertThat(text("conf.d/b.conf")).contains("\n# disabled by pghoard_restore: hba_file");
    assertThat(text("conf.d/b.conf.before_restore")).contains("\nhba_file");
    assertThat(data.resolve("postgresql.conf.before_restore")).doesNotExist();
  }

  @Test
  void includeThatIncludesItself_ends() throws IOException {
    write("postgresql.conf", "include 'postgresql.conf'\nport = 1\n");
    assertThat(restored().value("port")).isEqualTo("1");
  }

  @Test
  void fileOfThisMachine_isReadAndTold_andMayVanish() throws IOException {
    Path etc = Files.writeString(root.resolve("site.conf"), "max_connections = 8\n");
    write("postgresql.conf", "include '" + etc + "'\nhba_file = '" + etc + "'\n");
    RestoredConfiguration configuration = restored();
    assertThat(text("postgresql.conf"))
        .isEqualTo("include_if_exists = '%s'\nhba_file = '%s'\n".formatted(etc, etc));
    assertThat(configuration.value("max_connections")).isEqualTo("8");
    assertThat(configuration.notes())
        .hasSize(3)
        .allMatch(note -> note.contains("this machine is used") || note.contains("as it was"));
  }

  @Test
  void fileOfThisMachine_thatLeadsElsewhere_isNotIncluded() throws IOException {
    Path inner = Files.writeString(root.resolve("inner.conf"), "data_directory = '" + old + "'\n");
    Path etc = Files.writeString(root.resolve("site.conf"), "include '" + inner + "'\n");
    write("postgresql.conf", "include_if_exists '" + etc + "'\n");
    assertThat(restored().notes()).anyMatch(note -> note.contains("data_directory"));
    assertThat(text("postgresql.conf")).startsWith("# disabled");
  }

  @Test
  void settingOfAlterSystem_isMadeACommentToo() throws IOException {
    write("postgresql.auto.conf", "hba_file = 'OLD/pg_hba.conf'\nwork_mem = '8MB'");
    assertThat(restored().autoConf())
        .isEqualTo(
            "# disabled by pghoard_restore: hba_file = '%s/pg_hba.conf'\nwork_mem = '8MB'\n"
                .formatted(old));
  }

  @Test
  void linkInPlaceOfAFile_isNotFollowed() throws IOException {
    Path outside = Files.writeString(old.resolve("postgresql.conf"), "port = 7\n");
    Files.createSymbolicLink(data.resolve("postgresql.conf"), outside);
    Files.delete(data.resolve("postgresql.auto.conf"));
    Files.createSymbolicLink(data.resolve("postgresql.auto.conf"), Path.of("/dev/zero"));
    RestoredConfiguration configuration = restored();
    assertThat(configuration.value("port")).isNull();
    assertThat(configuration.autoConf()).isEmpty();
  }

  @Test
  void whatKeepsTheServerFromStarting_isTold() throws IOException {
    write(
        "postgresql.conf",
        "ssl = on\nssl_cert_file = '/no/such/crt'\nunix_socket_directories = '/no/such/run, /tmp'\n");
    assertThat(restored().notes())
        .hasSize(2)
        .anyMatch(note -> note.startsWith("ssl_cert_file names /no/such/crt, which does not exist"))
        .anyMatch(note -> note.startsWith("unix_socket_directories names /no/such/run"));
  }

  @Test
  void secondRestore_keepsTheFirstCopy() throws IOException {
    write("postgresql.conf.before_restore", "first\n");
    write("postgresql.conf", "external_pid_file = '/a'\n");
    restored();
    assertThat(text("postgresql.conf.before_restore")).isEqualTo("first\n");
    assertThat(text("postgresql.conf.before_restore.2")).startsWith("external_pid_file");
  }
}
