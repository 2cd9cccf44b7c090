// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import com.github.luben.zstd.ZstdIOException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;

/** A library's decoder whose refusals name the format and say whether data are missing. */
final class RefusingInputStream extends FilterInputStream {
  private final String format;
  private final Predicate<IOException> ofDecoder;

  /**
   * Names a decoder's refusals.
   *
   * @param ofDecoder whether a failure is the decoder's own; another one is that of the source,
   *     such as a connection that is reset or an object that is damaged, and passes as it is
   */
  RefusingInputStream(InputStream decoder, String format, Predicate<IOException> ofDecoder) {
    super(decoder);
    this.format = format;
    this.ofDecoder = ofDecoder;
  }

  static IOException refusal(String format, IOException cause) {
    String reason = Objects.requireNonNullElse(cause.getMessage(), cause.toString());
    boolean cutOff =
        cause instanceof EOFException
            || reason.toLowerCase(Locale.ROOT).matches(".*(truncated|eof).*");
    String text = "cannot decode the %s data: %s";
    if (cutOff) {
      text = "the %s data are truncated: %s";
    } else if (cause instanceof ZstdIOException) {
      text = "the %s data are damaged: %s";
    }
    return new IOException(text.formatted(format, reason), cause);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      return super.read(bytes, offset, length);
    } catch (IOException e) {
      throw ofDecoder.test(e) ? refusal(format, e) : e;
    }
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
