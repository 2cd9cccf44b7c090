// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import com.github.luben.zstd.ZstdIOException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Objects;

/** A library's decoder whose refusals name the format and say whether data are missing. */
final class RefusingInputStream extends FilterInputStream {
  private final String format;

  RefusingInputStream(InputStream decoder, String format) {
    super(decoder);
    this.format = format;
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
      // Not of the source, such as a connection that is reset: zstd's own.
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
      throw refusal(format, e);
    }
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
