// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.pghoard.JavaCommand;
import io.pghoard.Pghoard;
import io.pghoard.repository.Azurite;
import io.pghoard.repository.FaultProxy;
import io.pghoard.repository.LoginProxy;
import io.pghoard.repository.OpenSshServer;
import io.pghoard.repository.google.GoogleServer;
import io.pghoard.repository.s3.S3Bucket;
import io.pghoard.repository.s3.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code pghoard check} of sites on every store over a network, as they should be and with one
 * fault each: what is found, and the remedy that is told. All sites are of one pghoard.json.
 */
class CheckStoresIT {
  @RegisterExtension static final S3Bucket S3 = new S3Bucket();
  @RegisterExtension static final S3Bucket CEPH = S3Bucket.inCeph();

  private static final String PASSWORD = "of-the-proxy";

  private static final List<String> STORES = List.of("s3", "ceph", "azure", "google", "sftp");

  private static Azurite azurite;
  private static GoogleServer google;
  private static OpenSshServer ssh;
  private static Map<String, String> buckets;

  private final Path home;
  private final ObjectNode root = new ObjectMapper().createObjectNode();

  CheckStoresIT(@TempDir Path home) {
    this.home = home;
    root.put("backup_location", home.resolve("spool").toString());
  }

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    azurite = Azurite.start(directory);
    google = GoogleServer.start(directory);
    ssh = OpenSshServer.start(directory);
    buckets =
        Map.of(
            "s3", S3.name(),
            "ceph", CEPH.name(),
            "azure", azurite.container(),
            "google", google.bucket(),
            "sftp", ssh.directory().toString());
  }

  @AfterAll
  static void end() {
    azurite.close();
    google.close();
    ssh.close();
  }

  @Test
  void storeThatIsAllRight_isOk_andOneUnderAnotherClockIsTold() throws Exception {
    assertThat(List.of("/usr/bin/faketime", "/usr/local/bin/faketime"))
        .as("faketime, which bin/test installs (apt-get install faketime)")
        .anyMatch(program -> Files.isExecutable(Path.of(program)));
    for (String store : STORES) {
      site("right", store, port(store));
    }

    assertThat(check()).isNotEmpty().allMatch(line -> line.startsWith("ok "));
    assertThat(check("faketime", "-f", "+3h"))
        .anyMatch(line -> line.matches("FAILED +s3-right: store: clock .*"))
        .anyMatch(line -> line.matches("FAILED +ceph-right: store: clock .*"))
        .anyMatch(line -> line.matches("FAILED +azure-right: store: clock .*"))
        .anyMatch(line -> line.matches("FAILED +google-right: store: put .*this machine's clock.*"))
        .anyMatch(line -> line.matches("FAILED +sftp-right: store: clock .*"));
  }

  @Test
  void fault_isFoundAndItsRemedyTold() throws Exception {
    Path ca = Files.createDirectory(home.resolve("ca"));
    HttpsServer expired =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    expired.setHttpsConfigurator(
        new HttpsConfigurator(TestAuthority.in(ca).server("server", "-9d")));
    expired.start();
    List<FaultProxy> networks = new ArrayList<>();
    List<String> found;
    try (LoginProxy proxy = new LoginProxy("pghoard", PASSWORD)) {
      for (String store : STORES) {
        wrongPlace(store);
        if (!store.equals("sftp")) {
          FaultProxy network = new FaultProxy(port(store));
          networks.add(network);
          network.fault(
              FaultProxy.answering("403 Forbidden", "^DELETE |^POST \\S*([?&]delete|/batch)"));
          site("delete", store, network.port());
          int tls = expired.getAddress().getPort();
          proxy(site("expired", store, tls), proxy.port(), PASSWORD);
          proxy(site("login", store, tls), proxy.port(), "not-the-password");
        }
      }
      found =
          check(
              "env",
              "JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore="
                  + ca.resolve("ca.p12")
                  + " -Djavax.net.ssl.trustStorePassword=changeit");
    } finally {
      expired.stop(0);
      for (FaultProxy network : networks) {
        network.close();
      }
    }
    failed(
        found,
        "secret",
        "put",
        "check aws_secret_access_key|account_key|check credential_file or"
            + " credentials|authorized_keys");
    failed(found, "place", "list", "create the bucket|create the container|there is no directory");
    failed(found, "name", "put", "check (host|server) and DNS");
    failed(found, "delete", "delete", "give pghoard permission to delete objects");
    failed(found, "expired", "put", "the certificate of .* has expired; renew it");
    failed(found, "login", "put", "check user and pass of proxy_info");
    assertThat(found)
        .noneMatch(line -> line.matches("FAILED .*-delete: store: (list|put|get) .*"))
        .noneMatch(line -> line.contains(PASSWORD) || line.contains("not-the-password"));
  }

  /** On each store that has a site of this fault the check failed, and told this. */
  private static void failed(List<String> found, String fault, String check, String told) {
    List<String> lines =
        found.stream()
            .filter(line -> line.contains("-%s: store: %s (".formatted(fault, check)))
            .toList();
    assertThat(lines)
        .hasSizeBetween(4, 5)
        .allMatch(line -> line.startsWith("FAILED "))
        .allMatch(line -> Pattern.compile(told).matcher(line).find());
  }

  private void wrongPlace(String store) throws IOException {
    boolean sftp = store.equals("sftp");
    site("place", store, port(store))
        .put(sftp ? "directory" : "bucket_name", sftp ? "/none-of-this-name" : "none-of-this-name");
    site("name", store, port(store)).put(sftp ? "server" : "host", "a.invalid");
    ObjectNode storage = site("secret", store, port(store));
    switch (store) {
      case "azure" -> storage.put("account_key", "c2VjcmV0LWtleQ==");
      case "google" -> storage.withObject("/credentials").put("client_email", "nobody@project-1");
      case "sftp" -> storage.put("private_key", ssh.key("stranger").toString());
      default -> storage.put("aws_secret_access_key", "not-the-secret");
    }
  }

  /** Has a site go by TLS and the proxy, to the server whose certificate is no longer good. */
  private static void proxy(ObjectNode storage, int proxy, String password) {
    storage.put("is_secure", true);
    storage
        .putObject("proxy_info")
        .put("host", "127.0.0.1")
        .put("port", proxy)
        .put("user", "pghoard")
        .put("pass", password);
    if (storage.has("credentials")) {
      String tokens = "https://127.0.0.1:%s/token".formatted(storage.get("port"));
      storage.withObject("/credentials").put("token_uri", tokens);
    }
  }

  private static int port(String store) {
    return switch (store) {
      case "s3" -> S3.port();
      case "ceph" -> CEPH.port();
      case "azure" -> azurite.port();
      case "google" -> google.port();
      default -> ssh.port();
    };
  }

  /** A site on a store, by way of this port, named after both; its object_storage. */
  private ObjectNode site(String fault, String store, int port) {
    String name = store + "-" + fault;
    ObjectNode site = root.withObject("/backup_sites").putObject(name);
    site.put("active", false).put("pg_data_directory", home.resolve("data/" + name).toString());
    ObjectNode storage = site.putObject("object_storage");
    String bucket = String.valueOf(buckets.get(store));
    switch (store) {
      case "azure" -> Azurite.storage(storage, bucket, port);
      case "google" -> google.storage(storage, bucket, port);
      case "sftp" -> ssh.storage(storage, Path.of(bucket), port);
      default -> S3Bucket.use(storage, port, bucket);
    }
    return storage;
  }

  /** What is found of all stores, in a JVM of its own. */
  private List<String> check(String... before) throws IOException, InterruptedException {
    Path config = home.resolve("pghoard.json");
    Files.write(config, new ObjectMapper().writeValueAsBytes(root));
    List<String> command = new ArrayList<>(List.of(before));
    command.addAll(
        JavaCommand.of(Pghoard.class, List.of(), "check", "--config", config.toString()));
    Path said = home.resolve("said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    int status = process.waitFor();
    List<String> lines = Files.readAllLines(said, UTF_8);
    assertThat(lines).as("status %d", status).anyMatch(line -> line.endsWith(" failed"));
    return lines.stream().filter(line -> line.contains(": store: ")).toList();
  }
}
