// SPDX-License-Identifier: Apache-2.0
package io.pghoard.verify;

import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.postgres.WalPageHeader;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.ContentMismatchException;
import io.pghoard.scrub.ScrubbedObject.Look;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the content of a segment is the WAL that its name says, as its first page tells.
 *
 * @param cluster whose WAL it is, or null when that is not known
 */
record WalLook(WalSegmentName segment, @Nullable SystemIdentifier cluster) implements Look {
  @Override
  public void at(InputStream content) throws IOException {
    byte[] start = content.readNBytes(WalPageHeader.LENGTH);
    long size = start.length + content.transferTo(OutputStream.nullOutputStream());
    WalPageHeader header;
    try {
      header = WalPageHeader.parse(start);
    } catch (IllegalArgumentException e) {
      throw new ContentMismatchException(String.valueOf(e.getMessage()), e);
    }
    if (size != header.segmentSize().bytes()) {
      throw new ContentMismatchException(
          "it has %d bytes, a segment of its cluster has %d"
              .formatted(size, header.segmentSize().bytes()));
    }
    if (!header.pageAddress().equals(segment.startLsn(header.segmentSize()))) {
      throw new ContentMismatchException(
          "it contains WAL from %s on, but by its name should start at %s"
              .formatted(header.pageAddress(), segment.startLsn(header.segmentSize())));
    }
    if (cluster != null && !header.systemIdentifier().equals(cluster)) {
      throw new ContentMismatchException(
          "it is of the cluster with the system identifier %s, the base backup is of %s"
              .formatted(header.systemIdentifier(), cluster));
    }
  }
}
