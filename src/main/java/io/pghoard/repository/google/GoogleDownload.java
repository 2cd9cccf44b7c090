// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import com.google.api.client.http.HttpResponse;
import io.pghoard.repository.ObjectDamagedException;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The bytes of an object on their way from Google, compared at their end with its CRC32C. */
final class GoogleDownload extends InputStream {
  private final ObjectKey key;
  private final GoogleFailure failure;
  private final HttpResponse answer;
  private final InputStream in;
  private final @Nullable String stored;
  private final CRC32C crc = new CRC32C();
  private long count;

  /**
   * The body of an answer.
   *
   * @param crc32c as Google has it, or null where it has none
   */
  GoogleDownload(ObjectKey key, GoogleFailure failure, HttpResponse answer, @Nullable String crc32c)
      throws IOException {
    this.key = key;
    this.failure = failure;
    this.answer = answer;
    InputStream content = answer.getContent();
    this.in = content == null ? InputStream.nullInputStream() : content;
    this.stored = crc32c;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read;
    try {
      read = in.read(buffer, offset, length);
    } catch (IOException e) {
      // Not tried again in the middle: whoever reads starts over, or says that it failed.
      throw failure.of("read on in " + key + " after " + count + " bytes", e);
    }
    if (read > 0) {
      crc.update(buffer, offset, read);
      count += read;
    } else if (read < 0 && stored != null && !stored.equals(GoogleUpload.base64(crc))) {
      throw new ObjectDamagedException(
          "the object %s is damaged: its %d bytes have the CRC32C %s, but those that were stored had %s"
              .formatted(key, count, GoogleUpload.base64(crc), stored));
    }
    return read;
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }

  /** Of a body that is not at its end the rest is not read: it may be gigabytes. */
  @Override
  public void close() throws IOException {
    answer.disconnect();
  }
}
