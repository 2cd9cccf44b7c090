// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import io.pghoard.config.ConfigException;
import io.pghoard.config.ConfigFile;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that say which configuration and which of its sites a command is about. */
final class SiteChoice {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      defaultValue = "${env:PGHOARD_CONFIG}",
      description =
          "The configuration, pghoard.json. Default: the environment variable PGHOARD_CONFIG.")
  private @Nullable Path file;

  @Option(
      names = "--site",
      paramLabel = "SITE",
      description = "The site. Optional if pghoard.json has only one.")
  private @Nullable String site;

  @Spec(Target.MIXEE)
  private @Nullable CommandSpec spec;

  /** Reads the configuration. */
  PghoardConfig config() throws ConfigException {
    if (file == null) {
      throw wrong("name the configuration: --config /etc/pghoard/pghoard.json");
    }
    return ConfigFile.read(file);
  }

  /** The configuration file. */
  Path file() {
    return Objects.requireNonNull(file);
  }

  /** The directory of the configuration file. */
  Path directory() {
    Path parent = file == null ? null : file.toAbsolutePath().getParent();
    return parent == null ? Path.of("/") : parent;
  }

  SiteName site(PghoardConfig config) {
    if (site != null) {
      return name();
    }
    if (config.sites().size() != 1) {
      throw wrong("name the site: --site, one of " + config.sites().keySet());
    }
    return config.sites().keySet().iterator().next();
  }

  /** The site that is named, or all. */
  List<SiteConfig> sites(PghoardConfig config) {
    if (site == null) {
      return List.copyOf(config.sites().values());
    }
    SiteConfig named = config.sites().get(name());
    if (named == null) {
      throw wrong("there is no site " + site + ", there are " + config.sites().keySet());
    }
    return List.of(named);
  }

  /** The site that is named, where there is no configuration to know it from. */
  SiteName name() {
    if (site == null) {
      throw wrong("name the site: --site SITE");
    }
    try {
      return new SiteName(site);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  /** A mistake in the command line. */
  CommandLine.ParameterException wrong(String message) {
    if (spec == null) {
      throw new IllegalStateException("picocli has not filled in the options");
    }
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }
}
