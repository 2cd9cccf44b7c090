// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.host.Rsyslog;
import io.pghoard.postgres.ClusterOptions;
import io.pghoard.postgres.PostgresCluster;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a daemon says at its most talkative level, as JSON and to a real rsyslog: a line for each
 * thing that happened, and no secret, whatever fails.
 */
final class DaemonLogIT {
  /** Each in one place of pghoard.json. */
  private static final List<String> SECRETS =
      List.of(
          "sEcret-web",
          "sEcret-in-an-object",
          "sEcret-in-a-string",
          "sEcret-in-a-uri",
          "sEcret-of-s3",
          "sEcret-of-a-session",
          "sEcret-of-a-proxy",
          Base64.getEncoder().encodeToString("sEcret-of-azure".getBytes(UTF_8)));

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void daemon_tellsWhatHappened_andNoSecret(@TempDir Path home) throws Exception {
    int port = DaemonProcess.freePort();
    int nobody = DaemonProcess.freePort();
    ClusterOptions options = ClusterOptions.standard().withWalSegmentMegabytes(1).archivingWith("");
    Path syslogHome = Files.createDirectory(home.resolve("syslog"));
    try (PostgresCluster cluster = PostgresCluster.create(options);
        Rsyslog rsyslog = Rsyslog.start(syslogHome)) {
      Files.writeString(home.resolve("pghoard.json"), config(home, cluster, port, nobody, rsyslog));
      Files.writeString(
          home.resolve("application.properties"),
          """
          pghoard.base-backup.check-period = 500
          pghoard.storage.retries = 1
          pghoard.storage.retry-delay = 10
          """);
      try (DaemonProcess daemon = DaemonProcess.launch(home, port, Map.of())) {
        awaitLine(daemon, "pghoard runs");
        assertThat(status(port, "wrong", "GET", "/status")).isEqualTo(401);
        // Archived by hand, as archive_command would ask for it.
        cluster.configure(
            "archive_command",
            "curl -sf -u w:sEcret-web -X PUT http://127.0.0.1:%d/main/archive/%%f".formatted(port));
        for (String site : List.of("main", "object", "string", "uri", "ess3", "azure")) {
          String path = "/" + site + "/basebackup";
          assertThat(status(port, "sEcret-web", "PUT", path)).isEqualTo(201);
        }
        for (String broken : List.of("object", "string", "uri", "ess3", "azure")) {
          awaitLine(daemon, "Site " + broken + ": a base backup failed: ");
        }
        awaitLine(
            daemon,
            "Site main: base backup .* is complete, \\d+ bytes in \\d+ chunks, stored as \\d+ bytes in .*s");
        String segment = segment(daemon);
        assertThat(status(port, "sEcret-web", "GET", "/main/archive/" + segment)).isEqualTo(200);
        assertThat(status(port, "sEcret-web", "PUT", "/main/archive/nonsense%0Ax")).isEqualTo(400);
        status(port, "sEcret-web", "GET", "/status");
        await().until(() -> Files.exists(home.resolve("state.json")));

        awaitLine(daemon, "Site main: base backup .* starts \\(requested\\)");
        awaitLine(
            daemon, "Site main: stored chunk 1 of base backup .*, \\d+ bytes as \\d+ in \\d+ ms");
        awaitLine(daemon, "Site main: archived " + segment + ", 1048576 bytes in \\d+ ms");
        awaitLine(
            daemon, "Site main: fetched " + segment + " for a restore, 1048576 bytes in \\d+ ms");
        awaitLine(
            daemon, "HTTP login failed from .*127.0.0.1 .*GET /(status|health).*: 1 in a row");
        awaitLine(daemon, "Site main: PUT /main/archive/nonsense.* answered 400: ");
        assertThat(daemon.stop()).isEqualTo(143);

        List<JsonNode> lines = lines(daemon);
        assertThat(lines).allMatch(line -> line.has("timestamp") && line.has("thread"));
        assertThat(lines).noneMatch(line -> line.has("exception"));
        assertThat(lines)
            .filteredOn(line -> line.get("message").asText().contains("archived " + segment + ","))
            .singleElement()
            .satisfies(line -> assertThat(line.get("site").asText()).isEqualTo("main"));
        assertThat(rsyslog.lines())
            .anyMatch(line -> line.startsWith("daemon|info|pghoard[") && line.contains("archived"));
        assertNoSecret(home);
      }
    }
  }

  /** What looks like a data directory; no two sites have the same one. */
  private static String data(Path home, String site) throws IOException {
    Path data = home.resolve("data-" + site);
    Files.createDirectories(data.resolve("pg_wal/archive_status"));
    Files.writeString(data.resolve("PG_VERSION"), "15\n");
    return data.toString();
  }

  private static String config(
      Path home, PostgresCluster cluster, int port, int nobody, Rsyslog rsyslog)
      throws IOException {
    String site =
        """
        "%s": {"active_backup_mode": "archive_command", "pg_data_directory": "%s",
               "basebackup_interval_hours": null, "nodes": [%s], "object_storage": %s}""";
    String node = "\"" + cluster.connectionString() + "\"";
    String local = "{\"storage_type\": \"local\", \"directory\": \"" + home + "/%s\"}";
    String proxy =
        "\"proxy_info\": {\"host\": \"127.0.0.1\", \"port\": %d, \"user\": \"u\", \"pass\": \"sEcret-of-a-proxy\"}"
            .formatted(nobody);
    List<String> sites = new ArrayList<>();
    sites.add(site.formatted("main", cluster.dataDirectory(), node, local.formatted("repository")));
    sites.add(
        site.formatted(
            "object",
            data(home, "object"),
            "{\"host\": \"127.0.0.1\", \"port\": %d, \"user\": \"u\", \"password\": \"sEcret-in-an-object\"}"
                .formatted(nobody),
            local.formatted("object")));
    sites.add(
        site.formatted(
            "string",
            data(home, "string"),
            "\"host=127.0.0.1 port=%d user=u password='sEcret-in-a-string'\"".formatted(nobody),
            local.formatted("string")));
    sites.add(
        site.formatted(
            "uri",
            data(home, "uri"),
            "\"postgres://u:sEcret-in-a-uri@127.0.0.1:%d/postgres\"".formatted(nobody),
            local.formatted("uri")));
    sites.add(
        site.formatted(
            "ess3",
            data(home, "ess3"),
            node,
            "{\"storage_type\": \"s3\", \"bucket_name\": \"bucket\", \"host\": \"127.0.0.1\", \"port\": %d, \"aws_access_key_id\": \"k\", \"aws_secret_access_key\": \"sEcret-of-s3\", \"aws_session_token\": \"sEcret-of-a-session\", %s}"
                .formatted(nobody, proxy)));
    sites.add(
        site.formatted(
            "azure",
            data(home, "azure"),
            node,
            "{\"storage_type\": \"azure\", \"bucket_name\": \"bucket\", \"account_name\": \"account\", \"account_key\": \"%s\", \"host\": \"127.0.0.1\", \"port\": %d, \"is_secure\": false, %s}"
                .formatted(SECRETS.get(SECRETS.size() - 1), nobody, proxy)));
    return """
        {"backup_location": "%1$s/spool", "http_address": "127.0.0.1", "http_port": %2$d,
         "alert_file_dir": "%1$s", "json_state_file_path": "%1$s/state.json",
         "maintenance_mode_file": "%1$s/maintenance", "log_level": "TRACE", "log_format": "json",
         "syslog": true, "syslog_address": "%3$s", "syslog_facility": "daemon",
         "webserver_username": "w", "webserver_password": "sEcret-web",
         "backup_sites": {%4$s}}
        """
        .formatted(home, port, rsyslog.socket, String.join(",\n", sites));
  }

  private int status(int port, String password, String method, String path) throws Exception {
    String login = Base64.getEncoder().encodeToString(("w:" + password).getBytes(UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Authorization", "Basic " + login)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static void awaitLine(DaemonProcess daemon, String message) {
    await()
        .atMost(Duration.ofSeconds(60))
        .failFast(() -> assertThat(daemon.isAlive()).as(daemon.log()).isTrue())
        .untilAsserted(
            () ->
                assertThat(lines(daemon))
                    .extracting(line -> line.get("message").asText())
                    .anyMatch(text -> text.matches("(?s)" + message + ".*")));
  }

  /** The last segment that was archived: retention takes earlier ones away. */
  private static String segment(DaemonProcess daemon) throws IOException {
    return lines(daemon).stream()
        .map(line -> line.get("message").asText())
        .filter(text -> text.matches("Site main: archived [0-9A-F]{24}, .*"))
        .map(text -> text.substring("Site main: archived ".length()).substring(0, 24))
        .reduce((before, next) -> next)
        .orElseThrow();
  }

  private static List<JsonNode> lines(DaemonProcess daemon) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    String log = daemon.log();
    for (String line : log.substring(0, log.lastIndexOf('\n') + 1).lines().toList()) {
      assertThat(line).startsWith("{");
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  /** Everything that the daemon has written but what is for it alone: pghoard.json. */
  private static void assertNoSecret(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        boolean read =
            !file.endsWith("pghoard.json") && !file.startsWith(home.resolve("repository"));
        if (read) {
          assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
              .as(file.toString())
              .doesNotContain(SECRETS);
        }
      }
    }
  }
}
