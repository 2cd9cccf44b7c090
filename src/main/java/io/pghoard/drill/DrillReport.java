// SPDX-License-Identifier: Apache-2.0
package io.pghoard.drill;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a drill has done and found, as it is kept as evidence. */
public final class DrillReport {
  private final Map<String, @Nullable Object> facts = new LinkedHashMap<>();
  private final List<Map<String, Object>> queries = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Instant begin;
  private @Nullable String failure;

  public DrillReport(Instant begin) {
    this.begin = begin;
    fact("begin", begin.toString());
  }

  public Instant begin() {
    return begin;
  }

  public void fact(String name, @Nullable Object value) {
    facts.put(name, value);
  }

  /** How long a part has taken; in seconds. */
  public void took(String name, Duration duration) {
    facts.put(name, duration.toMillis() / 1000.0);
  }

  public void note(String text) {
    notes.add(text);
  }

  /** One of the operator's queries, and what it gave. */
  public void query(String sql, String result) {
    Map<String, Object> query = new LinkedHashMap<>();
    query.put("query", sql);
    query.put("result", result);
    queries.add(query);
  }

  public void failed(String why) {
    failure = why;
  }

  public boolean passed() {
    return failure == null;
  }

  public @Nullable String failure() {
    return failure;
  }

  /** For machines. */
  public Map<String, @Nullable Object> describe() {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("passed", passed());
    all.put("failure", failure);
    all.putAll(facts);
    all.put("queries", List.copyOf(queries));
    all.put("notes", List.copyOf(notes));
    return all;
  }

  /** The same on one page, for people. */
  public byte[] page() {
    StringBuilder page = new StringBuilder("Restore drill: ");
    page.append(passed() ? "PASSED" : "FAILED: " + failure).append("\n\n");
    facts.forEach(
        (name, value) -> page.append("%-26s %s%n".formatted(name.replace('_', ' '), value)));
    queries.forEach(
        query ->
            page.append("%-26s %s%n".formatted("query", query.get("query")))
                .append("%-26s %s%n".formatted("  gave", query.get("result"))));
    notes.forEach(note -> page.append("%-26s %s%n".formatted("note", note)));
    return page.toString().getBytes(UTF_8);
  }
}
