// SPDX-License-Identifier: Apache-2.0
package io.pghoard.drill;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DrillQueriesTest {
  @Test
  void statements_endWithASemicolonAtTheEndOfALine() {
    assertThat(
            DrillQueries.of(
                "-- orders; of today\nSELECT ';' =\n ';' ; \r\n\nSELECT true;SELECT false;\nSELECT 1 = 1"))
        .containsExactly("SELECT ';' =\n ';'", "SELECT true;SELECT false", "SELECT 1 = 1");
    assertThat(DrillQueries.of("-- nothing\n\n")).isEmpty();
  }
}
