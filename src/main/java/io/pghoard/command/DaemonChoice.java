// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import io.pghoard.config.Credentials;
import io.pghoard.config.CredentialsFile;
import io.pghoard.config.DaemonStorage;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that name the daemon of another machine, where this one cannot reach the store. */
final class DaemonChoice {
  private static final int PORT = 16000;

  @Option(
      names = "--from",
      paramLabel = "URL",
      description =
          "The daemon to read from, in place of the store: http://backup:16000. Needs --site, and"
              + " neither pghoard.json nor access to the store.")
  private @Nullable String url;

  @Option(names = "--host", description = "The same by its host name or address; see --port.")
  private @Nullable String host;

  @Option(
      names = "--port",
      defaultValue = "16000",
      description = "The port that goes with --host. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--credentials",
      paramLabel = "FILE",
      defaultValue = "${env:PGHOARD_CREDENTIALS}",
      description =
          "A file of mode 0600 with the daemon's webserver_username and webserver_password, a line"
              + " each. Default: the environment variable PGHOARD_CREDENTIALS; or PGHOARD_USERNAME"
              + " and PGHOARD_PASSWORD.")
  private @Nullable Path credentials;

  @Option(
      names = "--retry-for",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description =
          "How long to try again while the daemon sends nothing. Default: ${DEFAULT-VALUE}.")
  private int retrySeconds;

  @Spec(Target.MIXEE)
  private @Nullable CommandSpec spec;

  /** Whether a daemon is named at all. */
  boolean isMade() {
    return url != null || host != null;
  }

  /** What is read from it. */
  DaemonStorage storage() throws IOException {
    if (url != null && host != null) {
      throw wrong("--from and --host are two ways to name one daemon: give one of them");
    }
    if (retrySeconds < 1 || retrySeconds > 86_400) {
      throw wrong("--retry-for is a number of seconds from 1 to 86400");
    }
    return new DaemonStorage(address(), login(), Duration.ofSeconds(retrySeconds));
  }

  private URI address() {
    String text =
        url != null
            ? url
            : "http://" + (String.valueOf(host).contains(":") ? "[" + host + "]" : host);
    try {
      URI given = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      String scheme = String.valueOf(given.getScheme()).toLowerCase(Locale.ROOT);
      if (given.getUserInfo() != null) {
        throw wrong("a password in --from could be read by everybody: use --credentials FILE");
      }
      if (!scheme.matches("https?")
          || given.getHost() == null
          || !given.getRawPath().isEmpty()
          || given.getRawQuery() != null
          || given.getRawFragment() != null) {
        throw wrong("--from is the URL of a daemon, without a path: http://backup:16000");
      }
      int number = given.getPort() >= 0 ? given.getPort() : scheme.equals("https") ? 443 : PORT;
      return new URI(scheme, null, given.getHost(), url == null ? port : number, null, null, null);
    } catch (URISyntaxException e) {
      throw wrong("not the URL of a daemon: " + text + "; write http://backup:16000");
    }
  }

  private @Nullable Credentials login() throws IOException {
    if (credentials != null) {
      return new CredentialsFile(credentials.toAbsolutePath()).read();
    }
    String username = System.getenv("PGHOARD_USERNAME");
    String password = System.getenv("PGHOARD_PASSWORD");
    return username == null || username.isEmpty() || password == null
        ? null
        : new Credentials(username, password);
  }

  private ParameterException wrong(String message) {
    if (spec == null) {
      throw new IllegalStateException("picocli has not filled in the options");
    }
    return new ParameterException(spec.commandLine(), message);
  }
}
