// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.postgres.WalFileName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalWaitTest {
  private static final WalFileName WANTED = WalFileName.parse("000000020000000000000007");

  private Path received;

  @BeforeEach
  void make(@TempDir Path directory) {
    received = directory;
  }

  @Test
  void segmentIsPassed_whenReceivingIsBehindIt() throws Exception {
    assertThat(passed()).isFalse();
    receive("000000020000000000000006");
    assertThat(passed()).isFalse();
    receive("00000002.history");
    assertThat(passed()).isFalse();
    receive("000000020000000000000009.partial");
    assertThat(passed()).isTrue();
    // It waits to be stored.
    receive("000000020000000000000007");
    assertThat(passed()).isFalse();
  }

  @Test
  void segmentIsPassed_onALaterTimelineToo() throws Exception {
    receive("000000010000000000000009");
    assertThat(passed()).as("a branch that was abandoned before").isFalse();
    receive("000000030000000000000009");
    assertThat(passed()).isTrue();
    // What a timeline ends with may be received as the next one's segment only.
    receive("000000030000000000000007.partial");
    assertThat(passed()).isFalse();
  }

  @Test
  void nothingIsPassed_whereNothingWasReceived() throws Exception {
    assertThat(WalWait.isPassed(received.resolve("missing"), WANTED)).isFalse();
  }

  private void receive(String name) throws IOException {
    Files.createFile(received.resolve(name));
  }

  private boolean passed() throws IOException {
    return WalWait.isPassed(received, WANTED);
  }
}
