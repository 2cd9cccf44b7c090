// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import static io.pghoard.codec.Samples.BLOCK;
import static io.pghoard.codec.Samples.compressible;
import static io.pghoard.codec.Samples.decode;
import static io.pghoard.codec.Samples.encode;
import static io.pghoard.codec.Samples.join;
import static io.pghoard.codec.Samples.lzma;
import static io.pghoard.codec.Samples.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class CompressionTest {
  static Stream<Compression> all() {
    return Stream.concat(withEnd(), Stream.of(new Snappy()));
  }

  /** Those whose format has an end of its own. */
  static Stream<Compression> withEnd() {
    return Stream.of(lzma(1), lzma(2), new Zstd(0, 1), new Zstd(0, 2));
  }

  @Test
  void everyAlgorithm_isTested() {
    assertThat(all().map(Compression::algorithm)).contains(CompressionAlgorithm.values());
  }

  @ParameterizedTest
  @MethodSource("all")
  void decode_givesWhatWasEncoded(Compression compression) throws Exception {
    int[] sizes = {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK - 1, 3 * BLOCK, 7 * BLOCK + 1};
    for (int size : sizes) {
      for (byte[] plain : new byte[][] {random(size), compressible(size), new byte[size]}) {
        assertThat(decode(compression, encode(compression, plain))).isEqualTo(plain);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void encodeAndDecode_takeSingleBytes(Compression compression) throws Exception {
    byte[] plain = compressible(1000);
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (OutputStream encoded = compression.encode(stored)) {
      for (byte b : plain) {
        encoded.write(b);
      }
    }
    try (InputStream decoded = compression.decode(new ByteArrayInputStream(stored.toByteArray()))) {
      for (byte b : plain) {
        assertThat(decoded.read()).isEqualTo(b & 0xFF);
      }
      assertThat(decoded.read()).isEqualTo(-1);
      assertThat(decoded.read()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @MethodSource("withEnd")
  void truncatedData_areRefused(Compression compression) throws Exception {
    for (byte[] plain : new byte[][] {{}, compressible(300)}) {
      byte[] stored = encode(compression, plain);
      for (int size = 0; size < stored.length; size++) {
        byte[] truncated = Arrays.copyOf(stored, size);
        assertThatIOException()
            .as("first %d of %d bytes", size, stored.length)
            .isThrownBy(() -> decode(compression, truncated))
            .withMessageContaining("truncated");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("withEnd")
  void truncatedDataOfSeveralBlocks_areRefused(Compression compression) throws Exception {
    byte[] stored = encode(compression, compressible(2 * BLOCK + 5));
    for (int size = stored.length - 1; size > 0; size -= size > stored.length - 64 ? 1 : 9_999) {
      byte[] truncated = Arrays.copyOf(stored, size);
      assertThatIOException()
          .as("first %d of %d bytes", size, stored.length)
          .isThrownBy(() -> decode(compression, truncated))
          .withMessageContaining("truncated");
    }
  }

  @Test
  void snappyTruncatedWithinAPiece_isRefused() throws Exception {
    byte[] stored = encode(new Snappy(), compressible(300));
    int pieceStart = 10;
    for (int size = 0; size < stored.length; size++) {
      byte[] truncated = Arrays.copyOf(stored, size);
      if (size != pieceStart) {
        assertThatIOException()
            .isThrownBy(() -> decode(new Snappy(), truncated))
            .withMessageContaining("truncated");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("withEnd")
  void flippedBit_isRefused(Compression compression) throws Exception {
    byte[] plain = compressible(300);
    byte[] stored = encode(compression, plain);
    for (int bit = 0; bit < 8 * stored.length; bit++) {
      byte[] flipped = stored.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(isRefusedOrHarmless(compression, flipped, plain)).as("bit %d", bit).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("withEnd")
  void otherBytes_areSaidToBeDamaged(Compression compression) {
    assertThatIOException()
        .isThrownBy(() -> decode(compression, new byte[100]))
        .withMessageContaining("data are damaged");
  }

  /** A connection that is reset says nothing about what is stored. */
  @ParameterizedTest
  @MethodSource("withEnd")
  void sourceThatFails_isNotSaidToBeDamaged(Compression compression) throws Exception {
    byte[] stored = encode(compression, random(BLOCK));
    InputStream closed = InputStream.nullInputStream();
    closed.close();
    InputStream source =
        new SequenceInputStream(new ByteArrayInputStream(stored, 0, stored.length / 2), closed);
    assertThatIOException()
        .isThrownBy(() -> compression.decode(source).readAllBytes())
        .isExactlyInstanceOf(IOException.class)
        .withMessageContaining("Stream closed")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("damaged"));
  }

  @ParameterizedTest
  @MethodSource("withEnd")
  void flippedBitInSeveralBlocks_isRefused(Compression compression) throws Exception {
    byte[] plain = compressible(2 * BLOCK + 5);
    byte[] stored = encode(compression, plain);
    for (int at = 5; at < stored.length; at += stored.length / 40) {
      byte[] flipped = stored.clone();
      flipped[at] ^= 16;
      assertThat(isRefusedOrHarmless(compression, flipped, plain)).as("byte %d", at).isTrue();
    }
  }

  /** A bit that no check covers may only be one that does not change the plain bytes. */
  private static boolean isRefusedOrHarmless(Compression compression, byte[] stored, byte[] plain) {
    try {
      return Arrays.equals(decode(compression, stored), plain);
    } catch (IOException e) {
      return true;
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void trailingBytes_areRefused(Compression compression) throws Exception {
    byte[] stored = encode(compression, compressible(300));
    for (int size = 1; size < 40; size++) {
      byte[] more = new byte[size];
      Arrays.fill(more, (byte) 'x');
      assertThatIOException()
          .as("%d bytes more", size)
          .isThrownBy(() -> decode(compression, join(stored, more)));
    }
  }

  @ParameterizedTest
  @MethodSource("withEnd")
  void severalStreams_areReadAsOne(Compression compression) throws Exception {
    byte[] one = compressible(300);
    byte[] two = random(2 * BLOCK);
    byte[] stored =
        join(encode(compression, one), encode(compression, new byte[0]), encode(compression, two));
    assertThat(decode(compression, stored)).isEqualTo(join(one, two));
  }

  @ParameterizedTest
  @MethodSource("all")
  void failingSink_surfacesAndStaysFailed(Compression compression) {
    byte[] plain = random(60 * BLOCK);
    AtomicInteger closed = new AtomicInteger();
    for (int room : new int[] {50, BLOCK, 30 * BLOCK}) {
      FailingSink sink = new FailingSink(room, closed);
      assertThatIOException()
          .isThrownBy(
              () -> {
                try (OutputStream encoded = compression.encode(sink)) {
                  encoded.write(plain);
                }
              })
          .withMessageContaining("no space left");
      assertThat(sink.writesAfterFailure).isZero();
    }
    assertThat(closed).hasValueGreaterThanOrEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("all")
  void failingSource_surfaces(Compression compression) throws Exception {
    byte[] stored = encode(compression, random(4 * BLOCK));
    InputStream broken = InputStream.nullInputStream();
    broken.close();
    InputStream source =
        new SequenceInputStream(new ByteArrayInputStream(stored, 0, 2 * BLOCK), broken);
    try (InputStream decoded = compression.decode(source)) {
      assertThatIOException()
          .isThrownBy(() -> decoded.transferTo(OutputStream.nullOutputStream()))
          .withMessageContaining("Stream closed");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "lzma, -1, '0 to 9, not -1'",
    "lzma, 10, '0 to 9, not 10'",
    "zstd, 23, 'to 22, not 23'",
    "zstd, -131073, 'is -131072 to 22'"
  })
  void levelOutOfRange_isRefused(String algorithm, int level, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Compression.named(algorithm, level, 1))
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"lzma", "zstd"})
  void noThread_isRefused(String algorithm) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Compression.named(algorithm, 0, 0))
        .withMessageContaining("at least 1 thread");
  }

  @Test
  void unknownAlgorithm_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Compression.named("gzip", 0, 1))
        .withMessageContaining("use one of lzma, snappy, zstd");
  }

  @ParameterizedTest
  @MethodSource("all")
  void name_isThatOfTheAlgorithm(Compression compression) {
    assertThat(Compression.named(compression.name(), 0, 1)).hasSameClassAs(compression);
  }

  private static final class FailingSink extends OutputStream {
    private final int room;
    private final AtomicInteger closed;
    private long taken;
    private boolean failed;
    private int writesAfterFailure;

    FailingSink(int room, AtomicInteger closed) {
      this.room = room;
      this.closed = closed;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[1], 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (failed) {
        writesAfterFailure++;
      }
      taken += length;
      if (taken > room) {
        failed = true;
        throw new IOException("no space left");
      }
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }
}
