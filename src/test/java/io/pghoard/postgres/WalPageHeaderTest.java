// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class WalPageHeaderTest {
  /** The start of 000000020000000000000010 of a PostgreSQL 15 with segments of 1 MiB. */
  static final String REAL =
      "10d10700020000000000000100000000" + "2b000000000000002a2fb6bd67dd026b" + "0000100000200000";

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @Test
  void parse_readsRealHeader() {
    assertThat(WalPageHeader.parse(bytes(REAL)))
        .isEqualTo(
            new WalPageHeader(
                0xD110,
                2,
                Lsn.parse("0/1000000"),
                SystemIdentifier.parse("7710968949645913898"),
                new WalSegmentSize(1 << 20)));
  }

  @Test
  void parse_rejectsWhatIsCutOff() {
    assertThatThrownBy(() -> WalPageHeader.parse(new byte[39]))
        .hasMessage("not a WAL segment: it has only 39 bytes");
  }

  @Test
  void parse_rejectsZeros() {
    assertThatThrownBy(() -> WalPageHeader.parse(new byte[40]))
        .hasMessage("not a WAL segment: it begins with 0000");
  }

  @Test
  void parse_rejectsPageFromTheMiddle() {
    assertThatThrownBy(() -> WalPageHeader.parse(bytes(REAL.replace("10d107", "10d105"))))
        .hasMessage("not the start of a WAL segment: no long page header");
  }

  @Test
  void parse_rejectsSizeThatNoClusterHas() {
    assertThatThrownBy(() -> WalPageHeader.parse(bytes(REAL.replace("00001000", "01001000"))))
        .hasMessageContaining("not a WAL segment size");
  }
}
