// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentSize;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AbandonedWalTest {
  /** Timeline 1 ended within its segment 5, timeline 2 at the end of segment 7. */
  private static final TimelineHistory HISTORY =
      TimelineHistory.parse(3, "1\t0/5000100\tpromoted\n2\t0/8000000\tpromoted\n");

  /** Of timeline 2, which that of the server has in it. */
  private static final TimelineHistory OWN = TimelineHistory.parse(2, "1\t0/5000100\tpromoted\n");

  @Test
  void branchThatIsNoneOfTheServers_isLeftWhereTheTwoPart() {
    WalFileName newest = WalFileName.parse("000000020000000000000009");
    assertThat(begin(newest, "1\t0/4000100\tpromoted\n"))
        .as("the server left timeline 1 before")
        .hasToString("000000030000000000000004.partial");
    assertThat(begin(newest, "1\t0/7000100\tpromoted\n"))
        .as("the server went on with timeline 1")
        .hasToString("000000010000000000000005.partial");
    assertThat(begin(newest, "1\t0/5000100\tpromoted\n"))
        .as("both left it at the same position")
        .hasToString("000000030000000000000005.partial");
  }

  private static @Nullable WalFileName begin(WalFileName newest, String history) {
    LostWal lost =
        AbandonedWal.behind(newest, OWN, TimelineHistory.parse(3, history), WalSegmentSize.DEFAULT);
    return lost == null ? null : lost.begin();
  }

  @Test
  void receivedUpToTheSwitch_isGoneOnFrom() {
    assertThat(begin("000000010000000000000004")).isNull();
    assertThat(begin("000000010000000000000005.partial")).isNull();
    assertThat(begin("000000020000000000000007.partial")).isNull();
    assertThat(begin("000000030000000000000009.partial")).isNull();
  }

  @Test
  void receivedBehindTheSwitch_isBegunAgainThere() {
    assertThat(begin("000000010000000000000005")).hasToString("000000020000000000000005.partial");
    assertThat(begin("000000010000000000000009.partial"))
        .hasToString("000000020000000000000005.partial");
    assertThat(begin("000000020000000000000007"))
        .as("up to the switch, where the server has nothing to send of timeline 2")
        .hasToString("000000030000000000000008.partial");
    assertThat(begin("000000020000000000000008")).hasToString("000000030000000000000008.partial");
  }

  @Test
  void trouble_saysWhereTheServerLeft() {
    LostWal lost =
        AbandonedWal.behind(
            WalFileName.parse("000000010000000000000005"), null, HISTORY, WalSegmentSize.DEFAULT);
    assertThat(requireNonNull(lost).trouble()).contains("left timeline 1 at 0/5000100");
  }

  private static @Nullable WalFileName begin(String newest) {
    LostWal lost =
        AbandonedWal.behind(
            WalFileName.parse(newest),
            newest.startsWith("00000002") ? OWN : null,
            HISTORY,
            WalSegmentSize.DEFAULT);
    return lost == null ? null : lost.begin();
  }
}
