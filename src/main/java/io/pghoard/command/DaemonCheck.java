// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.check.Answer;
import io.pghoard.config.Credentials;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteName;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;

/** Whether the daemon of a configuration answers, and knows a site. */
record DaemonCheck(PghoardConfig config, SiteName site) {
  private static final Set<String> ALL_ADDRESSES = Set.of("", "0.0.0.0", "::");

  Answer answer() throws IOException {
    if (config.httpPort() == 0) {
      return Answer.unknown("http_port is 0: the daemon takes any free port");
    }
    String host = ALL_ADDRESSES.contains(config.httpAddress()) ? "127.0.0.1" : config.httpAddress();
    URI address =
        URI.create(
            "http://%s:%d/status"
                .formatted(host.contains(":") ? "[" + host + "]" : host, config.httpPort()));
    HttpResponse<String> answer;
    try {
      answer = ask(address);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while asking " + address);
    } catch (IOException e) {
      return Answer.warning(
          "no daemon answers at " + address,
          "start it; without it nothing is archived or backed up");
    }
    return judge(address, answer);
  }

  private HttpResponse<String> ask(URI address) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(60)).GET();
    Credentials credentials = config.credentials();
    if (credentials != null) {
      String pair = credentials.username() + ":" + credentials.password();
      String encoded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
      request.header("Authorization", "Basic " + encoded);
    }
    return HttpClient.newBuilder()
        .connectTimeout(Duration.ofSeconds(5))
        .build()
        .send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private Answer judge(URI address, HttpResponse<String> answer) throws IOException {
    if (answer.statusCode() != 200) {
      return Answer.warning(
          "%s answers %d".formatted(address, answer.statusCode()),
          "see whether what listens there is the daemon of this pghoard.json; restart it when the"
              + " file has changed");
    }
    JsonNode state = new ObjectMapper().readTree(answer.body()).path("backup_sites");
    JsonNode ours = state.path(site.text());
    if (ours.isMissingNode()) {
      return Answer.warning(
          "the daemon at %s does not know the site".formatted(address),
          "restart it, if pghoard.json has changed since it was started");
    }
    int failed = ours.path("failed_basebackups").asInt();
    if (failed > 0) {
      return Answer.warning(
          "its last %d base backups have failed: %s"
              .formatted(failed, ours.path("last_basebackup").path("failure").asText()),
          "see what it says there");
    }
    return Answer.ok("it answers at " + address);
  }
}
