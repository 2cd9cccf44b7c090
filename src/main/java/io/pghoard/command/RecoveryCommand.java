// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.state.StoredSite;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pghoard recovery}: which moments of sites can be recovered, and what is missing. */
@Command(
    name = "recovery",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Shows which moments of a site, or of all, can be recovered from the store.",
    footer = "Exit status: 0, 1 if the store of a site cannot be read, 2 for a wrong command line.")
final class RecoveryCommand implements Callable<Integer> {
  @Mixin private final SiteChoice choice = new SiteChoice();
  @Mixin private final DaemonChoice daemon = new DaemonChoice();

  @Option(names = "--json", description = "Write one JSON object, for machines.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    return new SiteReports(choice, daemon, Objects.requireNonNull(spec).commandLine())
        .write(StoredSite::recovery, json ? null : RecoveryCommand::text);
  }

  static String text(JsonNode report) {
    StringBuilder text = new StringBuilder();
    report.path("windows").forEach(window -> text.append(window(window)).append('\n'));
    report.path("gaps").forEach(gap -> text.append("  gap: ").append(gap(gap)).append('\n'));
    report.path("timelines").forEach(each -> text.append(timeline(each)).append('\n'));
    if (!report.path("trouble").isNull()) {
      text.append("  not to the newest WAL: ").append(report.path("trouble").asText()).append('\n');
    }
    return text.toString();
  }

  private static String window(JsonNode window) {
    String from = "  base backup " + window.path("basebackup").asText();
    if (!window.path("restorable").asBoolean()) {
      return from + " cannot be restored";
    }
    String until = window.path("until").asText();
    String last = window.path("last_commit").asText();
    return "%s: %s, on timeline %s, WAL from %s to %s%s"
        .formatted(
            from,
            window.path("until").isNull()
                ? "only to its end, %s, or to the end of the WAL"
                    .formatted(window.path("from").asText())
                : "to any time from %s to %s%s"
                    .formatted(
                        window.path("from").asText(),
                        until,
                        window.path("until_is_estimated").asBoolean() ? " (estimated)" : ""),
            window.path("timeline").asText(),
            window.path("first_segment").asText(),
            window.path("last_segment").asText(),
            window.path("last_commit").isNull() ? "" : ", last commit " + last);
  }

  private static String gap(JsonNode gap) {
    return "%s is %s, %s is there: %d segments"
        .formatted(
            gap.path("first_missing").asText(),
            gap.path("damaged").asBoolean()
                ? "damaged"
                : gap.path("history_break").asBoolean()
                    ? "no continuation of the one before"
                    : "missing",
            gap.path("next_present").asText(),
            gap.path("segments").asLong());
  }

  private static String timeline(JsonNode each) {
    String name = "  timeline " + each.path("timeline").asText();
    String from =
        each.path("history_missing").asBoolean()
            ? name + ", whose history is not stored"
            : each.path("parent").isNull()
                ? name
                : "%s, left timeline %s at %s"
                    .formatted(name, each.path("parent").asText(), each.path("begin_lsn").asText());
    return from
        + (each.path("newest_segment").isNull()
            ? ", without WAL"
            : ", newest segment " + each.path("newest_segment").asText());
  }
}
