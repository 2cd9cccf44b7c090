// SPDX-License-Identifier: Apache-2.0
package io.pghoard.drill;

import io.pghoard.check.Answer;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The reports of drills in a site's repository: the newest hundred. */
public record DrillReports(ObjectStore store, SiteKeys keys) {
  private static final int KEPT = 100;
  private static final String PASSED = "_passed.txt";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd_HH-mm-ss-SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  /**
   * Keeps a report, and deletes the oldest ones.
   *
   * @param json of the report
   * @return the key of the page, whose name ends in {@code passed.txt} or {@code failed.txt}
   */
  public ObjectKey put(DrillReport report, byte[] json) throws IOException {
    String name =
        "%s%s_%s"
            .formatted(
                keys.drills(), TIME.format(report.begin()), report.passed() ? "passed" : "failed");
    store.put(new ObjectKey(name + ".json"), Map.of(), new ByteArrayInputStream(json));
    ObjectKey page = new ObjectKey(name + ".txt");
    store.put(page, Map.of(), new ByteArrayInputStream(report.page()));
    // By their names the oldest come first; there are two objects of each.
    List<ObjectKey> all = List.copyOf(new TreeSet<>(store.keys(keys.drills())));
    if (all.size() > 2 * KEPT) {
      store.delete(all.subList(0, all.size() - 2 * KEPT));
    }
    return page;
  }

  /** What the newest reports say, for a check of the site. */
  public Answer check(Instant now) throws IOException {
    String passed = null;
    String newest = null;
    for (ObjectKey key : new TreeSet<>(store.keys(keys.drills()))) {
      if (key.name().endsWith(".txt")) {
        newest = key.name();
        passed = newest.endsWith(PASSED) ? newest : passed;
      }
    }
    if (newest == null) {
      return Answer.ok("none yet: no restore has been proven; pghoard drill does it");
    }
    String text =
        passed == null
            ? "none has passed yet"
            : "the last one that passed was %d h ago"
                .formatted(Duration.between(time(passed), now).toHours());
    return newest.equals(passed)
        ? Answer.ok(text)
        : Answer.warning(
            text + ", and the newest one has failed", "read %s%s".formatted(keys.drills(), newest));
  }

  private static Instant time(String name) throws IOException {
    try {
      return TIME.parse(name.substring(0, name.length() - PASSED.length()), Instant::from);
    } catch (DateTimeParseException e) {
      throw new IOException("not the name of a drill's report: " + name, e);
    }
  }
}
