// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import io.pghoard.camel.Service;
import io.pghoard.config.Credentials;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteName;
import io.pghoard.repository.DurableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code pghoard serve-wal}: gives a recovering server of this machine its WAL straight from the
 * repository, until nobody has asked for a minute. {@code pghoard_postgres_command --config} starts
 * it when it is first called.
 */
@Command(
    name = "serve-wal",
    hidden = true,
    mixinStandardHelpOptions = true,
    description = "Gives a recovering server its WAL; pghoard_postgres_command starts it.")
final class ServeWal implements Callable<Integer> {
  @Mixin private final SiteChoice choice = new SiteChoice();

  @Option(
      names = "--state",
      paramLabel = "FILE",
      required = true,
      description = "Where to write the port, user name, password and process id, a line each.")
  private @Nullable Path state;

  @Option(
      names = "--quiet",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "End when nobody has asked for so long. Default: ${DEFAULT-VALUE}.")
  private int quiet;

  @Override
  public Integer call() throws Exception {
    PghoardConfig config = choice.config();
    SiteName site = choice.site(config);
    if (!config.sites().containsKey(site)) {
      throw new IllegalArgumentException(
          "%s has no site %s; it has %s".formatted(choice.file(), site, config.sites().keySet()));
    }
    byte[] password = new byte[16];
    new SecureRandom().nextBytes(password);
    Credentials credentials = new Credentials("recovery", HexFormat.of().formatHex(password));
    try (Service service = Service.walOnly(config, choice.file(), credentials)) {
      service.start();
      String text =
          "%d%n%s%n%s%n%d%n"
              .formatted(
                  service.httpPort(),
                  credentials.username(),
                  credentials.password(),
                  ProcessHandle.current().pid());
      DurableText file = new DurableText(Objects.requireNonNull(state).toAbsolutePath());
      file.write(text);
      try {
        Duration last = Duration.ofSeconds(quiet);
        for (Duration now = Duration.ZERO; now.compareTo(last) < 0; now = service.quiet()) {
          Thread.sleep(Math.max(1, last.minus(now).toMillis()));
        }
      } finally {
        deleteOwn(file, text);
      }
    }
    return 0;
  }

  /** Another one may have begun meanwhile, and have written its own. */
  private static void deleteOwn(DurableText file, String text) throws IOException {
    try {
      if (file.read().equals(text)) {
        Files.delete(file.file());
      }
    } catch (NoSuchFileException e) {
      // A clone of the data directory, or whoever cleans up, was faster.
    }
  }
}
