// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import io.pghoard.camel.Service;
import io.pghoard.config.DaemonSite;
import io.pghoard.config.DaemonStorage;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.Catalogue;
import io.pghoard.repository.Repositories;
import io.pghoard.repository.SiteKeys;
import io.pghoard.state.JsonText;
import io.pghoard.state.StoredSite;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code pghoard_restore list-basebackups}: the base backups of a site, from its repository or from
 * its daemon.
 */
@Command(
    name = "list-basebackups",
    mixinStandardHelpOptions = true,
    description =
        "Lists the base backups of a site, read from its repository or from its daemon (--from).")
final class ListBaseBackups implements Callable<Integer> {
  @Mixin private final SiteChoice choice = new SiteChoice();
  @Mixin private final DaemonChoice daemon = new DaemonChoice();

  @Option(
      names = {"-v", "--verbose"},
      description = "Show all that the repository knows about each.")
  private boolean verbose;

  @Option(names = "--json", description = "Write one JSON object, for machines.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    DaemonStorage from = daemon.isMade() ? daemon.storage() : null;
    PghoardConfig config =
        from == null ? choice.config() : new DaemonSite(choice.name(), from).config();
    SiteName name = choice.site(config);
    SiteConfig site = new Sites(config).get(name);
    try (Service service =
        Service.restoreOnly(config, from == null ? choice.directory() : DaemonSite.NOWHERE)) {
      service.start();
      Repositories repositories = service.bean("repositories", Repositories.class);
      var out = Objects.requireNonNull(spec).commandLine().getOut();
      if (json) {
        out.print(JsonText.of(new StoredSite(new Sites(config), repositories).baseBackups(name)));
        out.flush();
        return 0;
      }
      Catalogue catalogue = new Catalogue(repositories.of(name), new SiteKeys(site.prefix()));
      Catalogue.Listing listing = catalogue.listing();
      out.print(new BackupTable(listing.readable()).text(verbose));
      listing
          .damaged()
          .forEach((backup, objects) -> out.println(BackupTable.damaged(backup, objects)));
      listing
          .unreadable()
          .forEach((key, why) -> out.println(key + " cannot be understood: " + why));
      out.flush();
    }
    return 0;
  }
}
