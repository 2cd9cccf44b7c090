// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.camel.storage.RoutedRepositories;
import io.pghoard.config.ConfigFile;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteName;
import io.pghoard.repository.ObjectStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.Exchange;

/** The daemon inside a test: one site called "main" on local storage, HTTP on a free port. */
public final class RunningService implements AutoCloseable {
  public static final SiteName SITE = new SiteName("main");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The directory that everything lies in. */
  public final Path home;

  /** The site's data directory; with a PG_VERSION, as the configuration asks for one. */
  public final Path dataDirectory;

  private final Service service;
  private final HttpClient http = HttpClient.newHttpClient();

  public RunningService(Path home) throws Exception {
    this(home, home.resolve("data"), root -> {});
  }

  /** Starts a daemon whose pghoard.json {@code edit} has changed. */
  public static RunningService configured(Path home, Consumer<ObjectNode> edit) throws Exception {
    return new RunningService(home, home.resolve("data"), edit);
  }

  /** Starts a daemon with properties set, as names and values in turn. */
  public static RunningService with(Path home, String... properties) throws Exception {
    return new RunningService(home, home.resolve("data"), root -> {}, properties);
  }

  /** As the one below, with Camel's usual properties. */
  public RunningService(Path home, Path dataDirectory, Consumer<ObjectNode> edit) throws Exception {
    this(home, dataDirectory, edit, new String[0]);
  }

  /**
   * Starts a daemon.
   *
   * @param dataDirectory of the site; made, with a PG_VERSION, when it is not there
   * @param edit changes the whole of pghoard.json; the site is {@code backup_sites.main}
   * @param properties names and values in turn
   */
  public RunningService(
      Path home, Path dataDirectory, Consumer<ObjectNode> edit, String... properties)
      throws Exception {
    this.home = home;
    this.dataDirectory = dataDirectory;
    if (Files.notExists(dataDirectory)) {
      Files.createDirectories(dataDirectory.resolve("pg_wal/archive_status"));
      Files.writeString(dataDirectory.resolve("PG_VERSION"), "15\n");
    }
    Path file = configFile(edit);
    PghoardConfig config = ConfigFile.read(file);
    service = Service.daemon(config, file);
    service
        .property("camel.component.direct.timeout", "500")
        .property("pghoard.routes.reload-period", "50")
        .property("pghoard.configuration.reload-period", "50")
        .property("pghoard.storage.retry-delay", "10");
    for (int i = 0; i < properties.length; i += 2) {
      service.property(properties[i], properties[i + 1]);
    }
    try {
      service.start();
    } catch (Exception e) {
      service.close();
      throw e;
    }
  }

  /** Changes pghoard.json, as an editor saves it. */
  public void reconfigure(Consumer<ObjectNode> edit) throws IOException {
    ObjectNode root = (ObjectNode) JSON.readTree(home.resolve("pghoard.json").toFile());
    edit.accept(root);
    writeConfig(root.toPrettyString());
  }

  /** Replaces pghoard.json by a text that may be anything. */
  public void writeConfig(String text) throws IOException {
    Path draft = Files.writeString(home.resolve(".pghoard.json.draft"), text);
    Files.move(draft, home.resolve("pghoard.json"), StandardCopyOption.ATOMIC_MOVE);
  }

  private Path configFile(Consumer<ObjectNode> edit) throws IOException {
    ObjectNode site = JSON.createObjectNode();
    site.put("active_backup_mode", "archive_command");
    site.put("pg_data_directory", dataDirectory.toString());
    site.putNull("basebackup_interval_hours");
    site.putArray("nodes").add("host=127.0.0.1 dbname=postgres");
    site.putObject("object_storage")
        .put("storage_type", "local")
        .put("directory", home.resolve("repository").toString());
    ObjectNode root = JSON.createObjectNode();
    root.put("backup_location", home.resolve("spool").toString());
    root.put("http_address", "127.0.0.1");
    root.put("http_port", 0);
    root.put("alert_file_dir", home.toString());
    root.put("json_state_file_path", home.resolve("state.json").toString());
    root.put("maintenance_mode_file", home.resolve("maintenance").toString());
    root.put("routes_directory", home.resolve("routes").toString());
    if (Files.exists(dataDirectory.resolve("global/pg_control"))) {
      // A base backup by LZMA takes ten seconds of a processor where Java does not optimize.
      root.putObject("compression").put("algorithm", "zstd");
    }
    root.putObject("backup_sites").set("main", site);
    edit.accept(root);
    Path file = home.resolve("pghoard.json");
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root));
    return file;
  }

  public Service service() {
    return service;
  }

  /** The site's store, by way of the storage routes. */
  public ObjectStore store() {
    return new RoutedRepositories(service.context().createProducerTemplate()).of(SITE);
  }

  public void raise(String alert, String text) {
    call("alert-raise", Map.of("site", SITE, "alertName", alert, "alertText", text));
  }

  /** Sends an empty message with these variables to a route, and gives back what came of it. */
  public Exchange call(String route, Map<String, Object> variables) {
    Exchange answer =
        service
            .context()
            .createProducerTemplate()
            .request("direct:" + route, exchange -> variables.forEach(exchange::setVariable));
    if (answer.getException() != null) {
      throw new AssertionError(route + " failed", answer.getException());
    }
    return answer;
  }

  public URI address(String path) {
    return URI.create("http://127.0.0.1:" + service.httpPort() + path);
  }

  /** Sends a request without a body. */
  public HttpResponse<String> send(String method, String path)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address(path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** Gets a JSON answer, which must be 200. */
  public JsonNode json(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = send("GET", path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
