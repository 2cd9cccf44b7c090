// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NearestKeyTest {
  @ParameterizedTest
  @CsvSource({
    "port,port,0",
    "prot,port,1",
    "por,port,1",
    "ports,port,1",
    "'',port,4",
    "user,host,4"
  })
  void distance_countsEdits(String from, String to, int distance) {
    assertThat(NearestKey.distance(from, to)).isEqualTo(distance);
  }

  @ParameterizedTest
  @CsvSource({"dir,directory", "PORT,port", "hots,host", "hxxt,host"})
  void of_findsTheNearest(String word, String nearest) {
    assertThat(NearestKey.of(word, List.of("directory", "host", "port"))).isEqualTo(nearest);
  }

  @Test
  void of_takesAnyLength() {
    assertThat(NearestKey.of("x".repeat(1_000_000), List.of("host"))).isEqualTo("host");
  }
}
