// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.codec.HashingInputStream;
import io.pghoard.codec.LimitedInputStream;
import io.pghoard.codec.LimitedInputStream.TooLongException;
import io.pghoard.postgres.WalPageHeader;
import io.pghoard.repository.Encoding;
import io.pghoard.repository.ObjectContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file on its way from the repository to the spool, checked when all of it has come. */
final class WalIncoming {
  private final WalRequest request;
  private final String usualAlgorithm;

  WalIncoming(WalRequest request, String usualAlgorithm) {
    this.request = request;
    this.usualAlgorithm = usualAlgorithm;
  }

  FetchedWal write(ObjectContent plain, Path file) throws IOException {
    boolean whole = false;
    Map<String, String> metadata = plain.metadata();
    // Objects without a hash (timeline history files of the Python pghoard) get one here, for the
    // way to the client.
    String noted = metadata.get("hash");
    String algorithm =
        noted == null ? usualAlgorithm : metadata.getOrDefault("hash-algorithm", "sha1");
    try (plain;
        HashingInputStream in = HashedContent.hashing(plain.stream(), algorithm);
        OutputStream out = Files.newOutputStream(file)) {
      byte[] start = in.readNBytes(acceptance().wanted());
      out.write(start);
      long size = start.length + rest(start, in).transferTo(out);
      expect("size", metadata.get(Encoding.PLAIN_SIZE), String.valueOf(size));
      expect(algorithm, noted, in.hexDigest());
      Optional<WalPageHeader> header = look(file, size);
      whole = true;
      return new FetchedWal(
          request.name(),
          file,
          size,
          in.hexDigest(),
          algorithm,
          header.map(WalPageHeader::segmentSize).orElse(null));
    } catch (TooLongException e) {
      throw new IOException(
          "%s is damaged: it has more bytes than it should".formatted(request.key()), e);
    } finally {
      if (!whole) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** What may follow the start: a segment is as long as it says, and no segment is no longer. */
  private InputStream rest(byte[] start, InputStream in) throws IOException {
    long whole = start.length;
    if (acceptance().isSegment()) {
      try {
        whole = WalPageHeader.parse(start).segmentSize().bytes();
      } catch (IllegalArgumentException e) {
        throw new IOException("%s is damaged: %s".formatted(request.key(), e.getMessage()), e);
      }
      if (whole > request.largest()) {
        throw new IOException("%s is larger than the segments before it".formatted(request.key()));
      }
    }
    return new LimitedInputStream(in, Math.max(0, whole - start.length));
  }

  // Which timeline began the first page was looked at when the file came in.
  private WalAcceptance acceptance() {
    return new WalAcceptance(request.name(), timeline -> Optional.empty());
  }

  private Optional<WalPageHeader> look(Path file, long size) throws IOException {
    WalAcceptance acceptance = acceptance();
    try (InputStream in = Files.newInputStream(file)) {
      return acceptance.check(in.readNBytes(acceptance.wanted()), size);
    } catch (WalRefusedException e) {
      throw new IOException("%s is damaged: %s".formatted(request.key(), e.getMessage()), e);
    }
  }

  private void expect(String what, @Nullable String noted, String found) throws IOException {
    if (noted != null && !noted.equals(found)) {
      throw new IOException(
          "%s is damaged: its %s should be %s and is %s"
              .formatted(request.key(), what, noted, found));
    }
  }
}
