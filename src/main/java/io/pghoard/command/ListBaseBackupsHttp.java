// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.config.SiteName;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PythonTime;
import io.pghoard.repository.SiteKeys;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pghoard_restore list-basebackups-http}: the base backups that a daemon tells of. */
@Command(
    name = "list-basebackups-http",
    mixinStandardHelpOptions = true,
    description = "Lists the base backups of a site, as a running daemon reports them.")
final class ListBaseBackupsHttp implements Callable<Integer> {
  @Mixin private final SiteChoice choice = new SiteChoice();

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "The daemon's host. Default: ${DEFAULT-VALUE}.")
  private String host = "127.0.0.1";

  @Option(names = "--port", defaultValue = "16000", description = "Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(names = "--username", description = "The daemon's webserver_username.")
  private @Nullable String username;

  @Option(
      names = "--password",
      defaultValue = "${env:PGHOARD_PASSWORD}",
      description =
          "The daemon's webserver_password. Default: the environment variable PGHOARD_PASSWORD.")
  private @Nullable String password;

  @Option(
      names = {"-v", "--verbose"},
      description = "Show all that the daemon reports about each.")
  private boolean verbose;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    SiteName site = choice.name();
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    JsonNode answer = ask(site);
    List<BaseBackup> backups = backups(site, answer);
    out.print(new BackupTable(backups).text(verbose));
    for (JsonNode each : answer.path("basebackups")) {
      List<String> damaged = new ArrayList<>();
      each.path("damaged").forEach(object -> damaged.add(object.asText()));
      if (!damaged.isEmpty()) {
        out.println(BackupTable.damaged(each.path("name").asText(), damaged));
      }
    }
    out.flush();
    return 0;
  }

  private JsonNode ask(SiteName site) throws IOException, InterruptedException {
    URI address =
        URI.create(
            "http://%s:%d/%s/basebackup"
                .formatted(host.contains(":") ? "[" + host + "]" : host, port, site));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(60)).GET();
    if (username != null) {
      String pair = username + ":" + (password == null ? "" : password);
      String encoded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
      request.header("Authorization", "Basic " + encoded);
    }
    HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    HttpResponse<String> answer;
    try {
      answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IOException("no pghoard daemon answers at " + address + "; start it", e);
    }
    if (answer.statusCode() != 200) {
      throw new IOException(
          address + " answered " + answer.statusCode() + ": " + answer.body().strip());
    }
    return new ObjectMapper().readTree(answer.body());
  }

  private static List<BaseBackup> backups(SiteName site, JsonNode answer) {
    List<BaseBackup> backups = new ArrayList<>();
    SiteKeys keys = new SiteKeys(site.text());
    for (JsonNode each : answer.path("basebackups")) {
      Map<String, String> metadata = new HashMap<>();
      each.path("metadata")
          .properties()
          .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asText()));
      String name = each.path("name").asText();
      ObjectKey key = new ObjectKey(keys.baseBackups() + name.substring(name.lastIndexOf('/') + 1));
      String modified = each.path("last_modified").asText("");
      Instant time = modified.isEmpty() ? Instant.EPOCH : PythonTime.parse(modified);
      backups.add(BaseBackup.of(new StoredObject(key, each.path("size").asLong(), time, metadata)));
    }
    backups.sort(BaseBackup.BY_START_TIME);
    return backups;
  }
}
