// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one kind of object in pghoard.json; docs/configuration.md describes each of them.
 *
 * @param where such objects stand, as a message names it
 */
record Keys(String where, Map<String, Key> byName) {
  private static final String LEAVE_OUT = "leave it out";

  static final Keys TOP =
      of(
          "at the top of the file",
          Key.read("backup_location"),
          Key.read("backup_sites"),
          Key.read("http_address"),
          Key.read("http_port"),
          Key.read("http_host_names"),
          Key.read("webserver_username"),
          Key.read("webserver_password"),
          Key.read("alert_file_dir"),
          Key.read("json_state_file_path"),
          Key.read("maintenance_mode_file"),
          Key.read("log_level"),
          Key.read("log_format"),
          Key.read("syslog"),
          Key.read("syslog_address"),
          Key.read("syslog_facility"),
          Key.read("pg_basebackup_path"),
          Key.read("pg_receivexlog_path"),
          Key.read("compression"),
          Key.read("transfer"),
          Key.read("restore_process_count"),
          Key.read("restore_prefetch"),
          Key.read("hash_algorithm"),
          Key.read("routes_directory"),
          Key.read("upload_retries_warning_limit"),
          Key.later("statsd", LEAVE_OUT),
          Key.later("pushgateway", LEAVE_OUT),
          Key.later("prometheus", LEAVE_OUT),
          Key.gone("stats", "no release of pghoard ever read it; its metrics were under statsd"),
          Key.gone(
              "push_gateway",
              "no release of pghoard ever read it; its metrics were under pushgateway"),
          Key.gone(
              "path_prefix",
              "set prefix in each site: the value of path_prefix, a slash, the site's name"),
          Key.gone("own_db", "remove it: the nodes of each site say how to connect"),
          Key.gone("remote_conns", "remove it: the nodes of each site say how to connect"),
          Key.gone("tar_executable", "remove it: a restore needs no tar program"),
          Key.gone(
              "graceful_shutdown_compression_timeout",
              "set camel.main.shutdown-timeout in application.properties"),
          Key.gone(
              "graceful_shutdown_upload_timeout",
              "set camel.main.shutdown-timeout in application.properties"),
          Key.gone("deleter_event_get_timeout", "remove it: nothing waits for a deleter"));

  static final Keys SITE =
      of(
          "in a site of backup_sites",
          Key.read("nodes"),
          Key.read("active"),
          Key.read("active_backup_mode"),
          Key.read("prefix"),
          Key.read("pg_data_directory"),
          Key.read("pg_bin_directory"),
          Key.read("pg_basebackup_path"),
          Key.read("pg_receivexlog_path"),
          Key.read("object_storage"),
          Key.read("basebackup_mode"),
          Key.read("basebackup_interval_hours"),
          Key.read("basebackup_hour"),
          Key.read("basebackup_minute"),
          Key.read("basebackup_count"),
          Key.read("basebackup_count_min"),
          Key.read("basebackup_age_days_max"),
          Key.read("basebackup_chunk_size"),
          Key.read("basebackup_chunks_in_progress"),
          Key.read("basebackup_wal_timeout_seconds"),
          Key.read("restore_directories"),
          Key.read("restore_over_data_directory"),
          Key.read("scrub_interval_days"),
          Key.read("pg_receivexlog"),
          Key.later("encryption_key_id", "leave it out: objects are stored unencrypted"),
          Key.laterUnlessEmpty("encryption_keys", "leave it out: objects are stored unencrypted"),
          Key.laterUnlessEmpty("moved_from", "leave it out"),
          Key.later("basebackup_delta_mode_min_delta_file_size", LEAVE_OUT),
          Key.later("basebackup_delta_mode_chunk_size", LEAVE_OUT),
          Key.later("basebackup_delta_mode_max_retries", LEAVE_OUT),
          Key.gone(
              "basebackup_threads",
              "pg_basebackup sends one stream; set compression.thread_count at the top of the file"),
          Key.gone(
              "basebackup_compression_threads",
              "set compression.thread_count at the top of the file"),
          Key.gone(
              "pg_xlog_directory",
              "set pg_data_directory to the data directory itself, the one above pg_xlog or pg_wal"),
          Key.gone("stream_compression", "set basebackup_mode to \"pipe\""),
          Key.gone("pg_version", "remove it: the server itself is asked"));

  static final Keys COMPRESSION =
      of("in compression", Key.read("algorithm"), Key.read("level"), Key.read("thread_count"));

  static final Keys TRANSFER = of("in transfer", Key.read("thread_count"));

  static final Keys RECEIVE =
      of(
          "in pg_receivexlog",
          Key.read("disk_space_check_interval"),
          Key.read("min_disk_free_bytes"),
          Key.read("resume_multiplier"),
          Key.read("synchronous"));

  static final Keys LOCAL_STORAGE =
      of(
          "in object_storage of type local",
          Key.read("storage_type"),
          Key.read("directory"),
          Key.read("prefix"));

  /** What every store on another machine has beside its own keys. */
  static final List<Key> REMOTE =
      List.of(
          Key.read("storage_type"),
          Key.read("prefix"),
          Key.read("proxy_info"),
          Key.read("connect_timeout"),
          Key.read("read_timeout"),
          Key.read("call_timeout"));

  static final Keys S3_STORAGE =
      remote(
          "in object_storage of type s3",
          Key.read("bucket_name"),
          Key.read("region"),
          Key.read("aws_access_key_id"),
          Key.read("aws_secret_access_key"),
          Key.read("aws_session_token"),
          Key.read("host"),
          Key.read("port"),
          Key.read("is_secure"),
          Key.read("is_verify_tls"),
          Key.read("cert_path"),
          Key.read("addressing_style"),
          Key.read("use_dualstack_endpoint"),
          Key.read("segment_size"),
          Key.read("encrypted"),
          Key.read("server_side_encryption"),
          Key.read("sse_kms_key_id"),
          Key.read("storage_class"),
          Key.gone(
              "min_multipart_chunk_size",
              "set segment_size: larger objects are uploaded in parts"));

  static final Keys AZURE_STORAGE =
      remote(
          "in object_storage of type azure",
          Key.read("account_name"),
          Key.read("account_key"),
          Key.read("sas_token"),
          Key.read("bucket_name"),
          Key.read("container_name"),
          Key.read("azure_cloud"),
          Key.read("host"),
          Key.read("port"),
          Key.read("is_secure"),
          Key.read("storage_class"));

  static final Keys GOOGLE_STORAGE =
      remote(
          "in object_storage of type google",
          Key.read("project_id"),
          Key.read("bucket_name"),
          Key.read("credential_file"),
          Key.read("credentials"),
          Key.read("host"),
          Key.read("port"),
          Key.read("is_secure"),
          Key.read("storage_class"),
          Key.read("kms_key_name"));

  static final Keys ROUTED_STORAGE =
      of(
          "in object_storage of type routed",
          Key.read("storage_type"),
          Key.read("name"),
          Key.read("options"),
          Key.read("prefix"));

  static final Keys SFTP_STORAGE =
      remote(
          "in object_storage of type sftp",
          Key.read("server"),
          Key.read("port"),
          Key.read("username"),
          Key.read("password"),
          Key.read("private_key"),
          Key.read("host_key"),
          Key.read("known_hosts"),
          Key.read("is_verify_host_key"),
          Key.read("directory"));

  static final Keys PROXY =
      of(
          "in proxy_info",
          Key.read("type"),
          Key.read("host"),
          Key.read("port"),
          Key.read("user"),
          Key.read("pass"));

  /** All of them, by their names in docs/configuration.md. */
  static Map<String, List<Keys>> all() {
    Map<String, List<Keys>> all = new LinkedHashMap<>();
    all.put("", List.of(TOP));
    all.put("compression.", List.of(COMPRESSION));
    all.put("transfer.", List.of(TRANSFER));
    all.put("backup_sites.SITE.", List.of(SITE));
    all.put("backup_sites.SITE.pg_receivexlog.", List.of(RECEIVE));
    all.put(
        "backup_sites.SITE.object_storage.",
        List.of(
            LOCAL_STORAGE,
            S3_STORAGE,
            AZURE_STORAGE,
            GOOGLE_STORAGE,
            SFTP_STORAGE,
            ROUTED_STORAGE));
    all.put("backup_sites.SITE.object_storage.proxy_info.", List.of(PROXY));
    return all;
  }

  /** Where else a key may stand that is not known here, or null. */
  static @Nullable String elsewhere(String name) {
    return List.of(TOP, SITE, COMPRESSION).stream()
        .filter(keys -> keys.names().contains(name))
        .map(Keys::where)
        .findFirst()
        .orElse(null);
  }

  /** The keys that are read: the ones to suggest. */
  Set<String> names() {
    return byName.values().stream()
        .filter(key -> key.fate() == Key.Fate.READ)
        .map(Key::name)
        .collect(Collectors.toSet());
  }

  private static Keys remote(String where, Key... keys) {
    return of(where, Stream.concat(REMOTE.stream(), Arrays.stream(keys)).toArray(Key[]::new));
  }

  private static Keys of(String where, Key... keys) {
    Map<String, Key> byName = new LinkedHashMap<>();
    Arrays.stream(keys).forEach(key -> byName.put(key.name(), key));
    return new Keys(where, byName);
  }
}
