// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class WalSegmentNameTest {
  @Test
  void names_sortAsTheirTexts_unsigned() {
    List<String> texts =
        List.of(
            "000000010000000000000001",
            "0000000100000000000000FF",
            "000000010000000100000000",
            "00000001800000007FFFFFFF",
            "000000018000000080000000",
            "7FFFFFFF0000000000000000",
            "FFFFFFFF0000000000000000");
    TreeSet<WalSegmentName> names = new TreeSet<>();
    texts.forEach(text -> names.add(WalSegmentName.parse(text)));
    assertThat(names).extracting(WalSegmentName::toString).containsExactlyElementsOf(texts);
  }
}
