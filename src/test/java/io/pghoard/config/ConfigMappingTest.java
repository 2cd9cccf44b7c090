// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.codec.CompressionAlgorithm;
import io.pghoard.postgres.ConnectionInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What each key is read into. */
final class ConfigMappingTest {
  private final Path directory;

  ConfigMappingTest(@TempDir Path directory) {
    this.directory = directory;
  }

  static Stream<Arguments> topKeys() {
    return Stream.of(
        top("backup_location", "'/x/../y'", PghoardConfig::backupLocation, Path.of("/y")),
        top("http_address", "'127.0.0.1'", PghoardConfig::httpAddress, "127.0.0.1"),
        top("http_address", "'::'", PghoardConfig::httpAddress, "::"),
        top("http_address", "''", PghoardConfig::httpAddress, ""),
        top("http_port", "0", PghoardConfig::httpPort, 0),
        top("http_port", "65535", PghoardConfig::httpPort, 65535),
        top("alert_file_dir", "'/a'", PghoardConfig::alertFileDirectory, Path.of("/a")),
        top("json_state_file_path", "'/s.json'", PghoardConfig::stateFile, Path.of("/s.json")),
        top("maintenance_mode_file", "'/m'", PghoardConfig::maintenanceModeFile, Path.of("/m")),
        top("log_level", "'WARNING'", config -> config.log().level(), "WARN"),
        top("log_level", "'CRITICAL'", config -> config.log().level(), "ERROR"),
        top("log_level", "'debug'", config -> config.log().level(), "DEBUG"),
        top("log_format", "'json'", config -> config.log().format(), LogConfig.Format.JSON),
        top(
            "http_host_names",
            "['Backup.example', 'fe80::1']",
            PghoardConfig::httpHostNames,
            List.of("backup.example", "fe80::1")),
        top("hash_algorithm", "'sha256'", PghoardConfig::hashAlgorithm, "sha256"),
        top(
            "compression",
            "{'algorithm': 'zstd', 'level': -5, 'thread_count': 3}",
            PghoardConfig::compression,
            new CompressionConfig(CompressionAlgorithm.ZSTD, -5, 3)),
        top("transfer", "{'thread_count': 3}", PghoardConfig::transferThreads, 3),
        top("restore_process_count", "3", PghoardConfig::restoreThreads, 3),
        top("upload_retries_warning_limit", "5", PghoardConfig::uploadRetriesWarningLimit, 5),
        top("restore_prefetch", "0", PghoardConfig::restorePrefetch, 0),
        top("routes_directory", "'/r'", PghoardConfig::routesDirectory, Path.of("/r")));
  }

  @ParameterizedTest
  @MethodSource("topKeys")
  void topKey_isRead(
      String key, String json, Function<PghoardConfig, Object> getter, Object expected)
      throws Exception {
    assertThat(getter.apply(ConfigText.valid().top(key, json).read(directory))).isEqualTo(expected);
  }

  static Stream<Arguments> siteKeys() {
    return Stream.of(
        site("active", "false", SiteConfig::active, false),
        site("prefix", "'/a/b/'", SiteConfig::prefix, "a/b"),
        site("pg_data_directory", "'/data'", SiteConfig::dataDirectory, Path.of("/data")),
        site("pg_bin_directory", "'/bin'", SiteConfig::binDirectory, Path.of("/bin")),
        site("pg_basebackup_path", "'/bin/b'", SiteConfig::baseBackupProgram, Path.of("/bin/b")),
        site(
            "restore_directories",
            "['/r', '/s']",
            SiteConfig::restoreDirectories,
            List.of(Path.of("/r"), Path.of("/s"))),
        site("restore_over_data_directory", "true", SiteConfig::restoreOverDataDirectory, true),
        baseBackup("interval_hours", "0.5", BaseBackupConfig::interval, Duration.ofMinutes(30)),
        baseBackup("interval_hours", "48", BaseBackupConfig::interval, Duration.ofDays(2)),
        baseBackup("interval_hours", "null", BaseBackupConfig::interval, null),
        baseBackup("count", "7", BaseBackupConfig::count, 7),
        baseBackup("count_min", "1", BaseBackupConfig::countMin, 1),
        baseBackup("age_days_max", "14", BaseBackupConfig::ageDaysMax, 14),
        baseBackup("age_days_max", "null", BaseBackupConfig::ageDaysMax, null),
        baseBackup("chunk_size", "2147483648", BaseBackupConfig::chunkSize, 2147483648L),
        baseBackup("chunks_in_progress", "2", BaseBackupConfig::chunksInProgress, 2),
        baseBackup("wal_timeout_seconds", "9", BaseBackupConfig::walTimeout, Duration.ofSeconds(9)),
        storage("{'storage_type': 'local', 'directory': '/s'}", "/s"),
        storage("{'storage_type': 'local', 'directory': '/s', 'prefix': 'p/q'}", "/s/p/q"),
        storage("{'local': {'directory': '/s'}}", "/s"),
        storage("{}", "/b/repository"),
        storage("null", "/b/repository"));
  }

  @ParameterizedTest
  @MethodSource("siteKeys")
  void siteKey_isRead(
      String key,
      String json,
      Function<SiteConfig, @Nullable Object> getter,
      @Nullable Object expected)
      throws Exception {
    SiteConfig site = ConfigText.valid().site(key, json).readSite(directory);

    assertThat(getter.apply(site)).isEqualTo(expected);
  }

  private static ConfigText receiving() {
    return ConfigText.valid()
        .site("active_backup_mode", "'pg_receivexlog'")
        .withoutSite("pg_data_directory");
  }

  @Test
  void receivingSite_hasTheDefaultsOf27() throws Exception {
    SiteConfig site = receiving().readSite(directory);

    assertThat(site.dataDirectory()).isNull();
    assertThat(site.wal())
        .isEqualTo(
            new WalConfig(
                BackupMode.PG_RECEIVEXLOG,
                null,
                Map.of(),
                false,
                Duration.ofSeconds(10),
                null,
                1.5));
  }

  @Test
  void standaloneSite_needsNoDataDirectory() throws Exception {
    SiteConfig site =
        receiving().site("active_backup_mode", "'standalone_hot_backup'").readSite(directory);

    assertThat(site.dataDirectory()).isNull();
    assertThat(site.wal().mode()).isEqualTo(BackupMode.STANDALONE_HOT_BACKUP);
  }

  @Test
  void receivingSite_isRead() throws Exception {
    ConfigText text =
        receiving()
            .top("pg_receivexlog_path", "'/bin/top'")
            .site("active_backup_mode", "'walreceiver'")
            .site("nodes", "[{'host': 'h', 'slot': 'backup_1'}, 'host=i slot=s', 'host=j']")
            .site(
                "pg_receivexlog",
                "{'disk_space_check_interval': 3, 'min_disk_free_bytes': 1000,"
                    + " 'resume_multiplier': 2.5, 'synchronous': true}");
    SiteConfig site = text.readSite(directory);

    assertThat(site.wal())
        .isEqualTo(
            new WalConfig(
                BackupMode.PG_RECEIVEXLOG,
                Path.of("/bin/top"),
                Map.of(site.nodes().get(0), "backup_1", site.nodes().get(1), "s"),
                true,
                Duration.ofSeconds(3),
                1000L,
                2.5));
    assertThat(site.nodes())
        .extracting(ConnectionInfo::toConnectionString)
        .containsExactly("host='h'", "host='i'", "host='j'");
    assertThat(
            text.site("pg_receivexlog_path", "'/bin/own'")
                .readSite(directory)
                .wal()
                .receiveProgram())
        .isEqualTo(Path.of("/bin/own"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'host': 'h', 'port': 5432, 'password': null} | host='h' port='5432'",
        "'host=h port=5432' | host='h' port='5432'",
        "'postgres://u:p%40@h/db' | dbname='db' host='h' password='p@' user='u'",
      })
  void node_isReadInEachOfItsForms(String json, String expected) throws Exception {
    SiteConfig site = ConfigText.valid().site("nodes", "[" + json + "]").readSite(directory);

    assertThat(site.nodes())
        .extracting(ConnectionInfo::toConnectionString)
        .containsExactly(expected);
  }

  @Test
  void timeOfDay_isRead() throws Exception {
    ConfigText text =
        ConfigText.valid().site("basebackup_hour", "23").site("basebackup_minute", "0");

    BaseBackupConfig baseBackup = text.readSite(directory).baseBackup();

    assertThat(baseBackup.hour()).isEqualTo(23);
    assertThat(baseBackup.minute()).isEqualTo(0);
  }

  @Test
  void credentials_areReadAndNeverShown() throws Exception {
    ConfigText text =
        ConfigText.valid().top("webserver_username", "'u'").top("webserver_password", "'secret'");
    PghoardConfig config = text.site("nodes", "[{'password': 'secret'}]").read(directory);

    assertThat(config.credentials()).isEqualTo(new Credentials("u", "secret"));
    assertThat(config.toString()).doesNotContain("secret");
  }

  @Test
  void baseBackupProgram_ofTheTopIsForSitesWithoutTheirOwn() throws Exception {
    ConfigText text = ConfigText.valid().top("pg_basebackup_path", "'/bin/top'");

    assertThat(text.readSite(directory).baseBackupProgram()).isEqualTo(Path.of("/bin/top"));
    assertThat(
            text.site("pg_basebackup_path", "'/bin/own'").readSite(directory).baseBackupProgram())
        .isEqualTo(Path.of("/bin/own"));
  }

  @Test
  void routesDirectory_isRelativeToTheFile() throws Exception {
    assertThat(
            ConfigText.valid().top("routes_directory", "'../r'").read(directory).routesDirectory())
        .isEqualTo(directory.resolveSibling("r"));
  }

  /** Values that ask for nothing that is not there yet. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "top | syslog | false",
        "top | log_format | 'text'",
        "top | syslog_address | '/dev/log'",
        "top | syslog_facility | 'local2'",
        "top | statsd | null",
        "top | pg_receivexlog_path | '/usr/bin/pg_receivexlog'",
        "site | encryption_key_id | null",
        "site | encryption_keys | {}",
        "site | moved_from | []",
        "site | pg_receivexlog | {}",
        "site | pg_receivexlog_path | '/usr/bin/pg_receivexlog'",
        "site | basebackup_mode | 'basic'",
        "site | basebackup_mode | 'pipe'",
        "site | basebackup_mode | 'local-tar'",
      },
      quoteCharacter = '"')
  void keyThatAsksForNothing_isAccepted(String where, String key, String json) throws Exception {
    ConfigText valid = ConfigText.valid();

    ConfigText text = where.equals("top") ? valid.top(key, json) : valid.site(key, json);

    assertThat(text.read(directory).sites()).hasSize(1);
  }

  private static Arguments top(
      String key, String json, Function<PghoardConfig, Object> getter, Object expected) {
    return Arguments.of(key, json, getter, expected);
  }

  private static Arguments site(
      String key,
      String json,
      Function<SiteConfig, @Nullable Object> getter,
      @Nullable Object expected) {
    return Arguments.of(key, json, getter, expected);
  }

  private static Arguments storage(String json, String directory) {
    return site("object_storage", json, SiteConfig::storage, new LocalStorage(Path.of(directory)));
  }

  private static Arguments baseBackup(
      String key,
      String json,
      Function<BaseBackupConfig, @Nullable Object> getter,
      @Nullable Object expected) {
    return site("basebackup_" + key, json, site -> getter.apply(site.baseBackup()), expected);
  }
}
