// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.check.Answer;
import io.pghoard.check.Finding;
import io.pghoard.check.Outcome;
import io.pghoard.config.SiteName;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code pghoard check} writes: a line a finding, as soon as it is made; or, for machines, one
 * JSON object at the end.
 */
final class CheckReport {
  private final PrintWriter out;
  private final boolean json;
  private final ArrayNode findings = new ObjectMapper().createArrayNode();
  private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);

  CheckReport(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** Takes one finding; null for what is not of one site. */
  void add(@Nullable SiteName site, Finding finding) {
    Answer answer = finding.answer();
    counts.merge(answer.outcome(), 1, Integer::sum);
    double seconds = Math.round(finding.took().toNanos() / 1e6) / 1e3;
    if (json) {
      ObjectNode node = findings.addObject();
      node.put("site", site == null ? null : site.text());
      node.put("check", finding.check());
      node.put("outcome", word(answer.outcome()));
      node.put("seconds", seconds);
      node.put("text", answer.text());
      node.put("remedy", answer.remedy());
      return;
    }
    String remedy = answer.remedy();
    out.println(
        String.format(
            Locale.ROOT,
            "%-8s %s%s (%.3f s): %s%s",
            answer.outcome().word(),
            site == null ? "" : site + ": ",
            finding.check(),
            seconds,
            oneLine(answer.text()),
            remedy == null || remedy.isEmpty() ? "" : "; " + oneLine(remedy)));
    out.flush();
  }

  /** Ends the report; the exit status of the command. */
  int end() {
    boolean failed = counts.containsKey(Outcome.FAILED);
    if (json) {
      ObjectNode all = new ObjectMapper().createObjectNode();
      all.put("outcome", failed ? "failed" : "ok");
      Arrays.stream(Outcome.values())
          .forEach(outcome -> all.put(word(outcome) + "_count", counts.getOrDefault(outcome, 0)));
      all.set("checks", findings);
      out.println(text(all));
    } else {
      out.println(
          Arrays.stream(Outcome.values())
              .map(outcome -> counts.getOrDefault(outcome, 0) + " " + word(outcome))
              .collect(Collectors.joining(", ")));
    }
    out.flush();
    return failed ? 1 : 0;
  }

  private static String word(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }

  private static String text(ObjectNode node) {
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of texts and numbers can always be written", e);
    }
  }
}
