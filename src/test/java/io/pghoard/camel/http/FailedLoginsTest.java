// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailedLoginsTest {
  private final AtomicLong clock = new AtomicLong();
  private final FailedLogins failed = new FailedLogins(clock::get);

  private long fail(String address) {
    return failed.failed(address, "GET /status");
  }

  @Test
  void eachFailureOfAnAddress_isAnsweredLater_upToSomeSeconds() {
    assertThat(fail("192.0.2.1")).isEqualTo(250);
    assertThat(fail("192.0.2.1")).isEqualTo(500);
    for (int i = 0; i < 100_000; i++) {
      assertThat(fail("192.0.2.1")).isBetween(1000L, 8000L);
    }
    assertThat(fail("192.0.2.1")).isEqualTo(8000);
    assertThat(fail("192.0.2.2")).isEqualTo(250);
    assertThat(failed.total()).isEqualTo(100_004);
  }

  @Test
  void failuresOfLongAgo_areForgiven() {
    fail("192.0.2.1");
    fail("192.0.2.1");
    clock.addAndGet(Duration.ofMinutes(11).toNanos());
    assertThat(fail("192.0.2.1")).isEqualTo(250);
  }

  @Test
  void addressesWithoutEnd_takeNoMemory() {
    for (int i = 0; i < 100_000; i++) {
      fail("2001:db8::" + i);
    }
    assertThat(failed.total()).isEqualTo(100_000);
    // The first ones have been forgotten, the last ones not.
    assertThat(fail("2001:db8::0")).isEqualTo(250);
    assertThat(fail("2001:db8::99999")).isEqualTo(500);
  }
}
