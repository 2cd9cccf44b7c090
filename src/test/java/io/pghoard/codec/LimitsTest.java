// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import static io.pghoard.codec.Samples.decode;
import static io.pghoard.codec.Samples.encode;
import static io.pghoard.codec.Samples.join;
import static io.pghoard.codec.Samples.lzma;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.pghoard.codec.LimitedInputStream.TooLongException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Data that want more memory, or more of anything, than honest ones do. */
final class LimitsTest {
  private static final byte[] SNAPPY = {(byte) 0xFF, 6, 0, 0, 's', 'N', 'a', 'P', 'p', 'Y'};

  @Test
  void limitedStream_givesItsLimitAndFailsBehindIt() throws IOException {
    byte[] ten = new byte[10];
    assertThat(new LimitedInputStream(new ByteArrayInputStream(ten), 10).readAllBytes())
        .hasSize(10);
    LimitedInputStream nine = new LimitedInputStream(new ByteArrayInputStream(ten), 9);
    assertThatIOException()
        .isThrownBy(() -> nine.transferTo(OutputStream.nullOutputStream()))
        .isInstanceOf(TooLongException.class)
        .withMessageContaining("more than 9 bytes");
    LimitedInputStream single = new LimitedInputStream(new ByteArrayInputStream(ten), 1);
    assertThat(single.read()).isZero();
    assertThatIOException().isThrownBy(single::read).isInstanceOf(TooLongException.class);
    LimitedInputStream skipped = new LimitedInputStream(new ByteArrayInputStream(ten), 9);
    assertThatIOException().isThrownBy(() -> skipped.skipNBytes(10));
  }

  @Test
  void snappyFrameThatClaimsGigabytes_isRefused() {
    // The number F0FFFFFF0F says 4294967280 plain bytes.
    byte[] claim = {
      0, 9, 0, 0, 1, 2, 3, 4, (byte) 0xF0, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F
    };
    assertThatIOException()
        .isThrownBy(() -> decode(new Snappy(), join(SNAPPY, claim)))
        .withMessageContaining("wants 4294967280 bytes of memory");
    byte[] plain = {1, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF};
    assertThatIOException()
        .isThrownBy(() -> decode(new Snappy(), join(SNAPPY, plain)))
        .withMessageContaining("a frame of type 01 has 16777215 bytes");
  }

  @Test
  void millionSnappyFramesToBeSkipped_areSkipped() throws IOException {
    byte[] skipped = new byte[4_000_000];
    for (int i = 0; i < skipped.length; i += 4) {
      skipped[i] = (byte) 0x80;
    }
    byte[] text = encode(new Snappy(), "text".getBytes(UTF_8));
    byte[] frames = Arrays.copyOfRange(text, SNAPPY.length, text.length);
    assertThat(decode(new Snappy(), join(SNAPPY, skipped, frames))).asString().isEqualTo("text");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 36, too large a dictionary",
    "2, 36, too large a dictionary",
    "1, 40, Unsupported",
    "2, 40, Unsupported"
  })
  void xzDictionaryOfOneOrFourGigabytes_isRefused(int threads, int bits, String message)
      throws IOException {
    byte[] stored = encode(lzma(1), new byte[1000]);
    int start = XzFormat.HEADER_SIZE;
    int size = (stored[start] + 1) * 4;
    int filter = start;
    while (stored[filter] != 0x21) {
      filter++;
    }
    stored[filter + 2] = (byte) bits;
    int checksum = XzFormat.crc32(stored, start, size - Integer.BYTES);
    XzFormat.littleEndian(stored).putInt(start + size - Integer.BYTES, checksum);
    assertThatIOException()
        .isThrownBy(() -> decode(lzma(threads), stored))
        .withMessageContaining(message);
  }

  @Test
  void zstdWindowOfTwoGigabytes_isRefused() {
    byte[] frame = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0, (byte) 0xA8, 1, 0, 0};
    assertThatIOException()
        .isThrownBy(() -> decode(new Zstd(0, 1), frame))
        .withMessageContaining("too much memory");
  }

  @Test
  void endlessExtendedHeaders_areRefused() throws IOException {
    for (char type : new char[] {'g', 'x', 'L'}) {
      ByteArrayOutputStream tar = new ByteArrayOutputStream();
      byte[] record = "4096 comment=%s\n".formatted("c".repeat(4096 - 14)).getBytes(UTF_8);
      for (int i = 0; i < 100; i++) {
        tar.write(TarHeader.write(TarEntry.file("pax", record.length, 0), type, "", "pax"));
        tar.write(record);
      }
      TarReader reader = new TarReader(new ByteArrayInputStream(tar.toByteArray()));
      assertThatIOException()
          .isThrownBy(reader::next)
          .withMessageContaining("too many extended headers");
    }
  }

  @Test
  void nameThatIsTooLongOrHasTwoForms_isRefused() throws IOException {
    for (String name : List.of("a/".repeat(3000), "a//b", "a/./b", "a/.")) {
      byte[] record = "path=%s\n".formatted(name).getBytes(UTF_8);
      int length = record.length + 5;
      byte[] pax = join("%04d ".formatted(length).getBytes(UTF_8), record);
      ByteArrayOutputStream tar = new ByteArrayOutputStream();
      tar.write(TarHeader.write(TarEntry.file("pax", pax.length, 0), 'x', "", "pax"));
      tar.write(pax);
      tar.write(new byte[-pax.length & 511]);
      tar.write(TarHeader.write(TarEntry.file("short", 0, 0), '0', "", "short"));
      TarReader reader = new TarReader(new ByteArrayInputStream(tar.toByteArray()));
      assertThatIOException().isThrownBy(reader::next).withMessageContaining("cannot be read");
    }
  }
}
