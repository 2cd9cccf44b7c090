// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MajorVersionTest {
  @ParameterizedTest
  @CsvSource({
    "9.3, 90300, D075", "9.4, 90400, D07E", "9.5, 90500, D087", "9.6, 90600, D093",
    "10, 100000, D097", "11, 110000, D098", "12, 120000, D101", "13, 130000, D106",
    "14, 140000, D10D", "15, 150000, D110", "16, 160000, D113", "17, 170000, D116",
    "18, 180000, D118", "19, 190000, D122"
  })
  void version_hasItsMagic(String text, int number, String magic) {
    MajorVersion version = MajorVersion.parse(text);
    assertThat(version.number()).isEqualTo(number);
    assertThat(version).hasToString(text);
    assertThat(version.walMagic()).isEqualTo(Integer.parseInt(magic, 16));
    assertThat(MajorVersion.ofWalMagic(Integer.parseInt(magic, 16))).isEqualTo(version);
  }

  @Test
  void version_thatIsNewerThanTheTable_hasNoMagic() {
    assertThat(MajorVersion.parse("20").walMagic()).isNull();
    assertThat(MajorVersion.ofWalMagic(0xD123)).isNull();
    assertThat(MajorVersion.isNewWalMagic(0xD123)).isTrue();
    assertThat(MajorVersion.isNewWalMagic(0xD122)).isFalse();
    assertThat(MajorVersion.isNewWalMagic(0xD119)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "15.2", "9", "9.6.1", "015", "15\n", "devel"})
  void parse_rejects(String text) {
    assertThatThrownBy(() -> MajorVersion.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a major version");
  }
}
