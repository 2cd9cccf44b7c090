// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

/**
 * The size of a cluster's WAL segments in bytes: a power of two from 1 MiB to 1 GiB, as {@code
 * initdb --wal-segsize} allows.
 */
public record WalSegmentSize(int bytes) {
  public static final WalSegmentSize DEFAULT = new WalSegmentSize(16 << 20);

  public WalSegmentSize {
    if (bytes < 1 << 20 || bytes > 1 << 30 || Integer.bitCount(bytes) != 1) {
      throw new IllegalArgumentException(
          "not a WAL segment size (a power of two from 1 MiB to 1 GiB): " + bytes + " bytes");
    }
  }

  /** How many segments make up one log file id, the middle 8 digits of a segment's name. */
  public long segmentsPerLog() {
    return (1L << 32) / bytes;
  }
}
