// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The alert files: one exists in {@code alert_file_dir} for each thing that needs a human, and says
 * what happened, where, since when and what to do.
 */
public final class Alerts {
  private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);
  private static final Pattern NAME = Pattern.compile("[a-z][a-z_]{0,63}");

  private final Sites sites;
  private final Clock clock;

  Alerts(Sites sites, Clock clock) {
    this.sites = sites;
    this.clock = clock;
  }

  /** Creates or renews an alert file; the moment that it was first raised stays in it. */
  public synchronized void raise(String name, SiteName site, String text) throws IOException {
    Path file = file(name);
    String since = Files.exists(file) ? since(file) : clock.instant().toString();
    String content =
        "since: %s\nsite: %s\nlast: %s\n\n%s\n".formatted(since, site, clock.instant(), text);
    Files.createDirectories(file.getParent());
    Path draft = Files.writeString(file.resolveSibling("." + name + ".tmp"), content);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    LOG.error("Alert {} for site {}: {}", name, site, text);
  }

  /** Removes an alert file, as its cause is gone. */
  public synchronized void clear(String name) throws IOException {
    if (Files.deleteIfExists(file(name))) {
      LOG.info("Alert {} cleared", name);
    }
  }

  private Path file(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "not the name of an alert (lower-case letters and underscores): " + name);
    }
    return sites.config().alertFileDirectory().resolve(name);
  }

  private String since(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith("since: "))
        .map(line -> line.substring("since: ".length()))
        .findFirst()
        .orElse(clock.instant().toString());
  }
}
