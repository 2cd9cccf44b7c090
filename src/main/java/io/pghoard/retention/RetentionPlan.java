// SPDX-License-Identifier: Apache-2.0
package io.pghoard.retention;

import io.pghoard.repository.ObjectKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What may go from a site's part of the repository, and why.
 *
 * @param deletions in the order in which to delete: after any of them, every base backup that is
 *     still listed can be restored
 * @param notes on what stays although one could expect it to go
 * @param trouble why nothing is deleted until somebody has looked, and what to do; null when there
 *     is no such reason
 * @param undecided why base backups are kept until pghoard.json says how many are to be, and what
 *     to do; null when it does
 */
public record RetentionPlan(
    List<Deletion> deletions,
    List<String> notes,
    @Nullable String trouble,
    @Nullable String undecided) {
  private static final int BATCH = 1000;

  public RetentionPlan {
    deletions = List.copyOf(deletions);
    notes = List.copyOf(notes);
  }

  RetentionPlan(List<Deletion> deletions, List<String> notes) {
    this(deletions, notes, null, null);
  }

  static RetentionPlan nothing(String note) {
    return new RetentionPlan(List.of(), List.of(note));
  }

  /** Nothing is deleted, and somebody has to look. */
  static RetentionPlan refused(String trouble) {
    return new RetentionPlan(List.of(), List.of("nothing is deleted: " + trouble), trouble, null);
  }

  public boolean isEmpty() {
    return deletions.isEmpty();
  }

  /**
   * The keys to delete, batch after batch: within a batch in any order, as all of it goes for one
   * reason; at most 1000, which is what one request of S3 takes.
   */
  public List<List<ObjectKey>> batches() {
    List<List<ObjectKey>> batches = new ArrayList<>();
    List<ObjectKey> batch = List.of();
    String reason = null;
    for (Deletion deletion : deletions) {
      if (!deletion.reason().equals(reason) || batch.size() == BATCH) {
        batch = new ArrayList<>();
        batches.add(batch);
      }
      batch.add(deletion.key());
      reason = deletion.reason();
    }
    return batches;
  }

  /**
   * The plan for people: a line for each reason with the objects that go for it, then the notes.
   */
  public List<String> lines() {
    Map<String, String> byReason = new LinkedHashMap<>();
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Deletion deletion : deletions) {
      byReason.putIfAbsent(deletion.reason(), deletion.key().text());
      counts.merge(deletion.reason(), 1, Integer::sum);
    }
    List<String> lines = new ArrayList<>();
    byReason.forEach(
        (reason, first) -> {
          int others = counts.getOrDefault(reason, 1) - 1;
          String more = others == 0 ? "" : " and %d more".formatted(others);
          lines.add("deleting " + first + more + ": " + reason);
        });
    lines.addAll(notes);
    return lines;
  }

  @Override
  public String toString() {
    return String.join(System.lineSeparator(), lines());
  }
}
