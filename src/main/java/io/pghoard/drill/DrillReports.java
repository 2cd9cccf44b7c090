// SPDX-License-Identifier: Apache-2.0
package io.pghoard.drill;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The reports of drills in a site's repository: the newest hundred. */
public record DrillReports(ObjectStore store, SiteKeys keys) {
  private static final int KEPT = 100;
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
}
