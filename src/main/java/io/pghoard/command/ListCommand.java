// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.state.StoredSite;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pghoard list}: the base backups of sites, as they are stored. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Lists the base backups of a site, or of all, as the store has them.",
    footer = "Exit status: 0, 1 if the store of a site cannot be read, 2 for a wrong command line.")
final class ListCommand implements Callable<Integer> {
  private static final List<String> HEAD =
      List.of(
          "NAME",
          "END (UTC)",
          "SECONDS",
          "SIZE",
          "STORED",
          "TIMELINE",
          "START LSN",
          "END LSN",
          "PG",
          "STATE");

  @Mixin private final SiteChoice choice = new SiteChoice();
  @Mixin private final DaemonChoice daemon = new DaemonChoice();

  @Option(names = "--json", description = "Write one JSON object, for machines.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    return new SiteReports(choice, daemon, Objects.requireNonNull(spec).commandLine())
        .write(StoredSite::baseBackups, json ? null : ListCommand::text);
  }

  static String text(JsonNode report) {
    StringBuilder text = new StringBuilder();
    if (report.path("basebackups").isEmpty()) {
      text.append("There are no base backups.\n");
    } else {
      List<List<String>> rows = new ArrayList<>(List.of(HEAD));
      report.path("basebackups").forEach(backup -> rows.add(row(backup)));
      text.append(new TextTable(rows).text());
    }
    report
        .path("unreadable")
        .forEach(
            object ->
                text.append(
                    "%s cannot be understood: %s%n"
                        .formatted(object.path("key").asText(), object.path("error").asText())));
    return text.toString();
  }

  private static List<String> row(JsonNode backup) {
    return List.of(
        backup.path("basebackup").asText(),
        or(backup.path("end_time")).replaceAll("\\.\\d+Z|Z", "").replace('T', ' '),
        or(backup.path("seconds")),
        ByteSize.text(backup.path("plain_size").asLong()),
        ByteSize.text(backup.path("size").asLong()),
        backup.path("timeline").asText(),
        or(backup.path("start_lsn")),
        or(backup.path("end_lsn")),
        or(backup.path("pg_version")),
        state(backup));
  }

  private static String state(JsonNode backup) {
    String state =
        backup.path("damaged").isEmpty()
            ? backup.path("restorable").asBoolean() ? "restorable" : "not restorable: see recovery"
            : "damaged: " + backup.path("damaged").size() + " objects";
    return backup.path("preserved_until").isNull()
        ? state
        : state + ", preserved until " + backup.path("preserved_until").asText();
  }

  private static String or(JsonNode value) {
    return value.isNull() || value.isMissingNode() ? "-" : value.asText();
  }
}
