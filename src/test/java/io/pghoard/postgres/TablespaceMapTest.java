// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TablespaceMapTest {
  private static Map<Long, String> parse(String text) {
    return TablespaceMap.parse(text.getBytes(ISO_8859_1));
  }

  @Test
  void parse_takesAnyPath() {
    assertThat(parse("")).isEmpty();
    assertThat(parse("16384 /srv/fast\n4294967295 /srv/a b\n"))
        .containsExactly(Map.entry(16384L, "/srv/fast"), Map.entry(4294967295L, "/srv/a b"));
    assertThat(parse("1 /a\\\nb\\\\c\n2 /\u00fc"))
        .containsExactly(Map.entry(1L, "/a\nb\\c"), Map.entry(2L, "/\udcfc"));
  }

  @Test
  void parse_rejects() {
    assertThatThrownBy(() -> parse("fast /srv/fast\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fast /srv/fast");
    assertThatThrownBy(() -> parse("16384\n")).isInstanceOf(IllegalArgumentException.class);
  }
}
