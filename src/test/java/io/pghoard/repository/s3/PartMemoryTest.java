// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PartMemoryTest {
  @Test
  void room_isNotTakenTwice() throws Exception {
    PartMemory memory = new PartMemory(20);
    memory.take(10);

    assertThat(memory.takeMore(10)).isTrue();
    assertThat(memory.takeMore(1)).isFalse();
    memory.giveBack(10);
    assertThat(memory.takeMore(10)).isTrue();
  }

  @Test
  void partLargerThanAllRoom_takesAll() throws Exception {
    PartMemory memory = new PartMemory(20);
    memory.take(100);

    assertThat(memory.takeMore(1)).isFalse();
    memory.giveBack(100);
    assertThat(memory.takeMore(20)).isTrue();
  }
}
