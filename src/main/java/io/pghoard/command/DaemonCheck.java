// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import io.pghoard.config.Credentials;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteName;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the daemon of a configuration answers, knows a site, and does its work.
 *
 * @param patience for the answer; a store that is slow delays it
 */
record DaemonCheck(PghoardConfig config, SiteName site, Duration patience) {
  private static final Set<String> ALL_ADDRESSES = Set.of("", "0.0.0.0", "::");
  private static final Set<Integer> NOT_LET_IN = Set.of(401, 403);

  /**
   * Makes all checks.
   *
   * @param inUse whether the site has been backed up, or a daemon has run here: one that does not
   *     answer is down then, and not only to be started yet
   */
  void run(Checks checks, boolean inUse) {
    Told told = new Told();
    checks.check("answers", "check what listens there", () -> answer(told, inUse));
    if (told.state != null) {
      new DaemonWork(told.state, site).run(checks);
    }
  }

  /** What the daemon has answered. */
  private static final class Told {
    private @Nullable JsonNode state;
  }

  private Answer answer(Told told, boolean inUse) throws IOException {
    if (config.httpPort() == 0) {
      return Answer.unknown("http_port is 0: the daemon takes any free port");
    }
    String host = ALL_ADDRESSES.contains(config.httpAddress()) ? "127.0.0.1" : config.httpAddress();
    URI address =
        URI.create(
            "http://%s:%d/status"
                .formatted(host.contains(":") ? "[" + host + "]" : host, config.httpPort()));
    try {
      return judge(told, address, ask(address));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while asking " + address);
    } catch (JsonProcessingException e) {
      return stranger(address, "with something that is not JSON");
    } catch (HttpConnectTimeoutException e) {
      return nobody(address, inUse);
    } catch (HttpTimeoutException e) {
      return Answer.failed(
          "the daemon at %s has not answered for %d s".formatted(address, patience.toSeconds()),
          "check whether a disk or store that it uses hangs; if not, restart it");
    } catch (IOException e) {
      return nobody(address, inUse);
    }
  }

  private static Answer nobody(URI address, boolean inUse) {
    String text = "no daemon answers at " + address;
    String remedy = "start it; without it nothing is archived or backed up";
    return inUse ? Answer.failed(text, remedy) : Answer.warning(text, remedy);
  }

  private static Answer stranger(URI address, String how) {
    return Answer.failed(
        "%s answers %s".formatted(address, how),
        "check that what listens there is the daemon of this pghoard.json; restart it if the file has changed");
  }

  private HttpResponse<String> ask(URI address) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(patience).GET();
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

  private Answer judge(Told told, URI address, HttpResponse<String> answer) throws IOException {
    int status = answer.statusCode();
    if (NOT_LET_IN.contains(status)) {
      return Answer.failed(
          "%s answers %d: it does not accept webserver_username and webserver_password"
              .formatted(address, status),
          "run this with the daemon's pghoard.json; its log says whether it refused a change of that file. archive_command needs the same credentials");
    }
    if (status != 200) {
      return stranger(address, String.valueOf(status));
    }
    JsonNode state = new ObjectMapper().readTree(answer.body());
    if (state.path("backup_sites").path(site.text()).isMissingNode()) {
      return Answer.failed(
          "the daemon at %s does not know the site, which is not backed up".formatted(address),
          "check in its log whether it refused a change of pghoard.json; otherwise restart it");
    }
    told.state = state;
    return Answer.ok("it answers at " + address);
  }
}
