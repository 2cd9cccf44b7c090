// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.camel.Service;
import io.pghoard.config.DaemonSite;
import io.pghoard.config.DaemonStorage;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.repository.Repositories;
import io.pghoard.state.JsonText;
import io.pghoard.state.StoredSite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** A report of the site that was named, or of all: read from the store or from a daemon. */
record SiteReports(SiteChoice choice, DaemonChoice daemon, CommandLine line) {
  /** What is told of one site. */
  interface Source {
    Map<String, @Nullable Object> of(StoredSite stored, SiteName site) throws IOException;
  }

  /**
   * Writes the reports; a site of which nothing can be read does not keep the others from theirs.
   *
   * @param text makes the text for people of one; null: JSON
   * @return the exit status
   */
  int write(Source source, @Nullable Function<JsonNode, String> text) throws Exception {
    System.setProperty("pghoard.logLevel", "ERROR");
    DaemonStorage from = daemon.isMade() ? daemon.storage() : null;
    PghoardConfig config =
        from == null ? choice.config() : new DaemonSite(choice.name(), from).config();
    List<SiteName> names = choice.sites(config).stream().map(SiteConfig::name).toList();
    Path directory = from == null ? choice.directory() : DaemonSite.NOWHERE;
    List<Map<String, @Nullable Object>> reports = new ArrayList<>();
    boolean failed = false;
    try (Service service = Service.restoreOnly(config, directory)) {
      service.start();
      StoredSite stored =
          new StoredSite(new Sites(config), service.bean("repositories", Repositories.class));
      for (SiteName site : names) {
        try {
          reports.add(source.of(stored, site));
        } catch (IOException e) {
          failed = true;
          Map<String, @Nullable Object> report = new LinkedHashMap<>();
          report.put("site", site.text());
          report.put("error", Failure.describe(e));
          reports.add(report);
        }
      }
    }
    if (text == null) {
      line.getOut().print(JsonText.of(Map.of("sites", reports)));
    } else {
      reports.forEach(report -> print(new ObjectMapper().valueToTree(report), text));
    }
    line.getOut().flush();
    return failed ? 1 : 0;
  }

  private void print(JsonNode report, Function<JsonNode, String> text) {
    String site = report.path("site").asText();
    if (report.has("error")) {
      line.getErr().println("pghoard: site " + site + ": " + report.path("error").asText());
      return;
    }
    line.getOut().println("Site " + site);
    line.getOut().print(text.apply(report));
  }
}
