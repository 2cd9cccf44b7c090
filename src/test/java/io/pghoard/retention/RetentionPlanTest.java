// SPDX-License-Identifier: Apache-2.0
package io.pghoard.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.repository.ObjectKey;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetentionPlanTest {
  @Test
  void batches_keepTheOrderOfTheReasons() {
    List<Deletion> deletions =
        List.of(deletion("main", "a"), deletion("chunk1", "b"), deletion("chunk2", "b"));

    assertThat(new RetentionPlan(deletions, List.of()).batches())
        .containsExactly(
            List.of(new ObjectKey("main")),
            List.of(new ObjectKey("chunk1"), new ObjectKey("chunk2")));
  }

  @Test
  void batches_areNoLargerThanOneRequestTakes() {
    List<Deletion> deletions =
        IntStream.range(0, 2001).mapToObj(number -> deletion("k" + number, "old")).toList();
    RetentionPlan plan = new RetentionPlan(deletions, List.of());

    assertThat(plan.batches()).extracting(List::size).containsExactly(1000, 1000, 1);
    assertThat(plan.batches().stream().flatMap(List::stream))
        .containsExactlyElementsOf(deletions.stream().map(Deletion::key).toList());
  }

  private static Deletion deletion(String key, String reason) {
    return new Deletion(new ObjectKey(key), reason);
  }
}
