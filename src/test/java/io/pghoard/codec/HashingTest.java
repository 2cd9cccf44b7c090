// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HashingTest {
  private static final byte[] ABC = "abc".getBytes(US_ASCII);

  // The digests of "abc" as FIPS 180-4, FIPS 202 and RFC 1321 print them.
  @ParameterizedTest
  @CsvSource({
    "md5, 900150983cd24fb0d6963f7d28e17f72",
    "sha1, a9993e364706816aba3e25717850c26c9cd0d89d",
    "sha256, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "sha3_256, 3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"
  })
  void streams_hashWhatGoesThrough(String algorithm, String expected) throws Exception {
    try (HashingInputStream in = new HashingInputStream(new ByteArrayInputStream(ABC), algorithm)) {
      assertThat(in.read()).isEqualTo('a');
      assertThat(in.skip(1)).isEqualTo(1);
      assertThat(in.readAllBytes()).isEqualTo(new byte[] {'c'});
      assertThat(in.hexDigest()).isEqualTo(expected).isEqualTo(in.hexDigest());
      assertThat(in.count()).isEqualTo(3);
    }
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    try (HashingOutputStream out = new HashingOutputStream(sink, algorithm)) {
      out.write('a');
      out.write(ABC, 1, 2);
      assertThat(out.hexDigest()).isEqualTo(expected);
      assertThat(out.count()).isEqualTo(3);
    }
    assertThat(sink.toByteArray()).isEqualTo(ABC);
  }

  @Test
  void unknownAlgorithm_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new HashingOutputStream(OutputStream.nullOutputStream(), "crc32"))
        .withMessageContaining("sha256");
  }
}
