// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.repository.ObjectDamagedException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PermanentStorageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumedBodyTest {
  private static final ObjectKey KEY = new ObjectKey("main/basebackup_chunk/a");
  private static final long SECONDS = TimeUnit.SECONDS.toNanos(60);
  private static final byte[] CONTENT = new byte[150_000];

  static {
    new Random(1).nextBytes(CONTENT);
  }

  /** What a daemon sends from an offset on. */
  private static byte[] sent(long offset) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new SentObject(new ByteArrayInputStream(CONTENT), offset).writeTo(out);
    return out.toByteArray();
  }

  /** The same, cut after so many bytes. */
  private static InputStream cut(byte[] sent, int after) {
    return new SequenceInputStream(
        new ByteArrayInputStream(sent, 0, Math.min(after, sent.length)),
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("reset");
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            return read();
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 32, 33, 70_000, 149_999, 150_000, 150_001, 150_031})
  void cut_goesOnAtTheNextByte_whereverItIs(int after) throws IOException {
    try (InputStream body =
        new ResumedBody(
            KEY,
            cut(sent(0), after),
            SECONDS,
            offset -> {
              assertThat(offset).isEqualTo(Math.max(0, after - SentObject.HASH_SIZE));
              return new ByteArrayInputStream(sent(offset));
            })) {
      assertThat(body.readAllBytes()).isEqualTo(CONTENT);
      assertThat(body.read()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 149_999, 150_000, 150_031})
  void alteredByte_isDamage(int at) throws IOException {
    byte[] altered = sent(0);
    altered[at] ^= 1;
    try (InputStream body = body(new ByteArrayInputStream(altered))) {
      assertThatThrownBy(body::readAllBytes)
          .isInstanceOf(ObjectDamagedException.class)
          .hasMessageContaining("was changed on its way from the daemon");
    }
  }

  @Test
  void shortAnswer_isDamage() throws IOException {
    for (int length : new int[] {0, 10, 150_000}) {
      try (InputStream body = body(new ByteArrayInputStream(Arrays.copyOf(sent(0), length)))) {
        assertThatThrownBy(body::readAllBytes).isInstanceOf(ObjectDamagedException.class);
      }
    }
  }

  private static InputStream body(InputStream in) {
    return new ResumedBody(
        KEY,
        in,
        SECONDS,
        offset -> {
          throw new AssertionError("it was not cut");
        });
  }

  @Test
  void whatStaysAway_isGivenUp_andWhatIsRefusedAtOnce() throws IOException {
    try (InputStream body =
        new ResumedBody(
            KEY,
            cut(sent(0), 100),
            1,
            offset -> {
              throw new IOException("refused");
            })) {
      assertThatThrownBy(body::readAllBytes)
          .hasMessageContaining("broke off at byte 68, and could not be resumed");
    }
    try (InputStream body =
        new ResumedBody(
            KEY,
            cut(sent(0), 100),
            SECONDS,
            offset -> {
              throw new PermanentStorageException("another password");
            })) {
      assertThatThrownBy(body::readAllBytes).hasMessage("another password");
    }
  }
}
