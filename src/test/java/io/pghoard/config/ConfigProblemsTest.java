// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a configuration that is JSON: one problem each, with its place. */
final class ConfigProblemsTest {
  private final Path directory;

  ConfigProblemsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  /** Columns: a key at the top, its value, what the problem says. */
  @ParameterizedTest
  @CsvFileSource(resources = "/config/wrong-at-top.csv", delimiter = '|', quoteCharacter = '`')
  void topKey_isRefused(String key, String json, String said) {
    List<Problem> problems = problems(ConfigText.valid().withoutTop(key).top(key, json));

    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).path()).startsWith("$." + key);
    assertThat(problems.get(0).line()).isEqualTo(key.equals("backup_location") ? 2 : 3);
    assertThat(problems.get(0).toString()).contains(said);
  }

  /** Columns: a key in a site, its value, what the problem says. */
  @ParameterizedTest
  @CsvFileSource(resources = "/config/wrong-in-site.csv", delimiter = '|', quoteCharacter = '`')
  void siteKey_isRefused(String key, String json, String said) {
    ConfigText text = ConfigText.valid().withoutSite(key).site(key, json);

    List<Problem> problems = problems(text);

    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).path()).startsWith("$.backup_sites.main." + key);
    assertThat(problems.get(0).line()).isEqualTo(text.lineOfSiteKey(key));
    assertThat(problems.get(0).toString()).contains(said);
  }

  /** Columns: a node, what the problem says. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'username': 'u'} | $.backup_sites.main.nodes[0].username (line 6",
        "{'username': 'u'} | the parameter is called user",
        "{'hots': 'h'} | the nearest one is host",
        "{'host': true} | the value is true",
        "{'host': ['h']} | the value is a list",
        "{'port': 70000} | port is invalid",
        "{'port': 1.5} | port is invalid",
        "{'slot': 's'} | drop an unused slot",
        "'slot=s' | drop an unused slot",
        "'username=u' | the parameter is called user",
        "'host=h sslpassword=x' | an argument of PostgreSQL's programs",
        "{'scram_client_key': 'x'} | an argument of PostgreSQL's programs",
        "'postgres://h?username=u' | the parameter is called user",
        "'hots=h' | the nearest one is host",
        "'host=h secret' | no key=value at character 8",
        "'postgres://u:secret%@h' | a % without two hex digits",
        "'password=my sec=ret' | a keyword of the text is not a parameter",
        "null | a node is null",
        "5432 | a node is a number",
      })
  void node_isRefusedWithoutShowingASecret(String json, String said) {
    ConfigText text = ConfigText.valid().site("nodes", "[" + json + "]");

    List<Problem> problems = problems(text);

    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).path()).startsWith("$.backup_sites.main.nodes[0]");
    assertThat(problems.get(0).toString()).contains(said).doesNotContain("sec");
  }

  @ParameterizedTest
  @CsvSource({
    "active_backup_mode, set it to \"archive_command\"",
    "nodes, list how to connect",
    "pg_data_directory, set it to the cluster's data directory",
  })
  void missingKeyOfASite_isTold(String key, String said) {
    List<Problem> problems = problems(ConfigText.valid().withoutSite(key));

    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).path()).isEqualTo("$.backup_sites.main." + key);
    assertThat(problems.get(0).line()).isEqualTo(3);
    assertThat(problems.get(0).toString()).contains("the key is missing", said);
  }

  /** Columns: what the site has under pg_receivexlog or nodes, what the problem says. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "pg_receivexlog | {'min_disk_free': 1} | the nearest known key is min_disk_free_bytes",
        "pg_receivexlog | {'resume_multiplier': 1} | is not a number above 1",
        "pg_receivexlog | {'disk_space_check_interval': 0} | is not a whole number from 1",
        "pg_receivexlog | {'synchronous': 'yes'} | write true or false",
        "nodes | [{'slot': 'Backup'}] | PostgreSQL does not accept this slot name",
        "pg_data_directory | 'data' | is not an absolute path",
      })
  void receivingSite_isChecked(String key, String json, String said) {
    ConfigText text =
        ConfigText.valid().site("active_backup_mode", "'pg_receivexlog'").site(key, json);

    assertThat(problems(text)).singleElement().asString().contains(said);
  }

  @Test
  void missingBackupLocation_isTold() {
    assertThat(problems(ConfigText.valid().withoutTop("backup_location")))
        .singleElement()
        .hasToString(
            "$.backup_location (line 1, column 1): the key is missing; set it to the absolute path"
                + " of a directory for pghoard's own");
  }

  @Test
  void oldWalDirectory_isAnsweredWithoutAskingForTheDataDirectoryTwice() {
    ConfigText text =
        ConfigText.valid()
            .withoutSite("pg_data_directory")
            .site("pg_xlog_directory", "'/var/lib/pgsql/data/pg_xlog'");

    assertThat(problems(text))
        .singleElement()
        .extracting(Problem::remedy)
        .asString()
        .contains("pg_data_directory");
  }

  @Test
  void backupLocationInsideADataDirectory_isRefused() {
    assertThat(problems(ConfigText.valid().top("backup_location", "'/d/pghoard'")))
        .singleElement()
        .extracting(Problem::path, Problem::cause)
        .containsExactly("$.backup_sites.main.pg_data_directory", "backup_location is inside it");
  }

  @Test
  void baseBackupTimeWithoutAnInterval_isRefused() {
    ConfigText text =
        ConfigText.valid()
            .site("basebackup_interval_hours", "null")
            .site("basebackup_hour", "1")
            .site("basebackup_minute", "1");

    assertThat(problems(text)).extracting(Problem::line).containsExactly(8);
  }

  @Test
  void problems_areAllToldInTheOrderOfTheFile() {
    ConfigText text =
        ConfigText.valid()
            .top("http_prot", "16000")
            .top("http_port", "'16000'")
            .top("webserver_password", "'secret'")
            .top("own_db", "''")
            .site("basebackup_count", "0")
            .site("nodes", "[{'user': 'x', 'username': 'u', 'hots': 'h'}, 'port=x']");

    ConfigException refused = refused(text);

    assertThat(refused.problems())
        .extracting(Problem::path, Problem::line)
        .map(tuple -> tuple.toList().get(0) + " " + tuple.toList().get(1))
        .containsExactly(
            "$.http_prot 3",
            "$.http_port 4",
            "$.webserver_password 5",
            "$.own_db 6",
            "$.backup_sites.main.nodes[0].username 10",
            "$.backup_sites.main.nodes[0].hots 10",
            "$.backup_sites.main.nodes[1] 10",
            "$.backup_sites.main.basebackup_count 11");
    assertThat(refused.lines())
        .hasSize(8)
        .first()
        .isEqualTo(
            directory.resolve("pghoard.json")
                + ":3:1: $.http_prot: unknown key at the top of the file; the"
                + " nearest known key is http_port");
    assertThat(refused).message().doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'prefix': 'main' | the same place in the same storage as site \"main\"",
        "'prefix': 'main/xlog' | the same place in the same storage as site \"main\"",
        "'prefix': 'b', 'object_storage': {'local': {'directory': '/d/r'}} | inside pg_data_dir",
        "'prefix': 'm', 'prefix': 'n' | the key occurs twice, first in line 9",
        "'prefix': 'main/deeper' | ",
        "'object_storage': {'local': {'directory': '/other'}}, 'prefix': 'main' | the same directory below backup_location as site \"main\"",
      })
  void secondSite_isRefusedInThePlaceOfTheFirst(String entries, String said) {
    ConfigText text =
        ConfigText.valid()
            .site(
                "prefix",
                "'main'}, 'second': {\n'active': false, 'pg_data_directory': '/d',\n" + entries);

    if (said == null) {
      assertThat(text).satisfies(accepted -> accepted.read(directory));
    } else {
      assertThat(problems(text)).singleElement().asString().contains(said);
    }
  }

  @Test
  void dataDirectory_isArchivedByOneSite() {
    String second =
        "'main'}, 'second': {\n'active_backup_mode': '%s', 'pg_data_directory': '/d',"
            + "'nodes': ['host=db'], 'object_storage': {'local': {'directory': '/s'}}";

    assertThat(problems(ConfigText.valid().site("prefix", second.formatted("archive_command"))))
        .singleElement()
        .asString()
        .contains("site \"main\" already archives from it");
    assertThat(ConfigText.valid().site("prefix", second.formatted("pg_receivexlog")))
        .satisfies(accepted -> accepted.read(directory));
  }

  @ParameterizedTest
  @CsvSource({"-, 1", "a b, 1", "../x, 1", "'', 1", "ok, 0"})
  void siteName_isChecked(String name, int problems) {
    String site = "'}, '" + name + "': {'active': false, 'pg_data_directory': '/d'";
    ConfigText text = ConfigText.valid().site("prefix", "'main" + site);

    if (problems == 0) {
      assertThat(text).satisfies(accepted -> accepted.read(directory));
    } else {
      assertThat(problems(text)).singleElement().asString().contains("not a valid site name");
    }
  }

  private List<Problem> problems(ConfigText text) {
    return refused(text).problems();
  }

  private ConfigException refused(ConfigText text) {
    return catchThrowableOfType(ConfigException.class, () -> text.read(directory));
  }
}
