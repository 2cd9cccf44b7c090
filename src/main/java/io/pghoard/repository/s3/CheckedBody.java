// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.repository.ObjectDamagedException;
import io.pghoard.repository.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The bytes of an object on their way from S3, compared at their end with their hash and number.
 */
final class CheckedBody extends InputStream {
  private final ObjectKey key;
  private final S3Failure failure;
  private final ResponseInputStream<GetObjectResponse> in;
  private final @Nullable String sha256;
  private final @Nullable Long length;
  private final MessageDigest digest = Hashes.digest("SHA-256");
  private long count;
  private boolean ended;
  private @Nullable IOException verdict;

  /**
   * The body of an answer.
   *
   * @param sha256 null where another program stored the object: then its number of bytes is
   *     compared
   */
  CheckedBody(
      ObjectKey key,
      S3Failure failure,
      ResponseInputStream<GetObjectResponse> in,
      @Nullable String sha256) {
    this.key = key;
    this.failure = failure;
    this.in = in;
    this.sha256 = sha256;
    this.length = in.response().contentLength();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int size) throws IOException {
    int read;
    try {
      read = ended ? -1 : in.read(buffer, offset, size);
    } catch (SdkException | IOException e) {
      // Not tried again in the middle: whoever reads starts over, or says that it failed.
      IOException sorted = failure.of("read on in " + key + " after " + count + " bytes", e);
      throw sorted == e
          ? new IOException(
              "cannot read on in %s after %d bytes: %s".formatted(key, count, e.getMessage()), e)
          : sorted;
    }
    if (read > 0) {
      digest.update(buffer, offset, read);
      count += read;
    } else if (read < 0) {
      end();
    }
    return read;
  }

  /** Judges once; a reader that asks again gets the same answer. */
  private void end() throws IOException {
    if (!ended) {
      ended = true;
      verdict = judge();
    }
    if (verdict != null) {
      throw verdict;
    }
  }

  private @Nullable IOException judge() {
    if (length != null && length != count) {
      return new IOException(
          "the answer for %s is cut short: %d bytes of %d came".formatted(key, count, length));
    }
    String hash = Hashes.hex(digest.digest());
    if (sha256 != null && !sha256.equalsIgnoreCase(hash)) {
      return new ObjectDamagedException(
          "the object %s is damaged: its %d bytes have the SHA-256 %s, but those that were stored had %s"
              .formatted(key, count, hash, sha256));
    }
    return null;
  }

  /** Of a body that is not at its end the rest is not read: it may be gigabytes. */
  @Override
  public void close() throws IOException {
    if (ended) {
      in.close();
    } else {
      in.abort();
    }
  }
}
