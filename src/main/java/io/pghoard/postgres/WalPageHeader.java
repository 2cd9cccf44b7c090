// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The long header of a segment's first page, by which a segment says where it belongs.
 *
 * <pre>
 * offset 0    2 bytes  xlp_magic            changes with each major version
 *        2    2 bytes  xlp_info             bit 2 (0x0002): this is a long header
 *        4    4 bytes  xlp_tli              the timeline that wrote the page
 *        8    8 bytes  xlp_pageaddr         the LSN of the page's first byte
 *       16    4 bytes  xlp_rem_len          what is left of a record of the page before
 *       20    4 bytes  padding
 *       24    8 bytes  xlp_sysid            the system identifier
 *       32    4 bytes  xlp_seg_size         bytes of a segment
 *       36    4 bytes  xlp_xlog_blcksz      bytes of a page
 * </pre>
 *
 * <p>All of it in the byte order of the server's machine; ours is that of x86 and ARM, the lowest
 * byte first. Source: {@code XLogLongPageHeaderData} in PostgreSQL's {@code xlog_internal.h}, the
 * same from 9.3 to 19.
 *
 * @param magic unsigned, 16 bits
 * @param timeline of the server that began the page; in the first segment of a timeline it is the
 *     timeline that was left, as promotion copies the segment up to the switch point
 */
public record WalPageHeader(
    int magic,
    int timeline,
    Lsn pageAddress,
    SystemIdentifier systemIdentifier,
    WalSegmentSize segmentSize) {
  /** How many bytes a long header takes. */
  public static final int LENGTH = 40;

  private static final int LONG_HEADER = 0x0002;

  /**
   * Reads a header from the first bytes of a segment.
   *
   * @throws IllegalArgumentException when they are not a long page header
   */
  public static WalPageHeader parse(byte[] bytes) {
    if (bytes.length < LENGTH) {
      throw new IllegalArgumentException(
          "not a WAL segment: it has only " + bytes.length + " bytes");
    }
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int magic = Short.toUnsignedInt(header.getShort(0));
    // All magics since 8.0 have had this high byte; without it nothing else is worth reading.
    if (magic >>> 8 != 0xD1 && magic >>> 8 != 0xD0) {
      throw new IllegalArgumentException("not a WAL segment: it begins with %04X".formatted(magic));
    }
    if ((header.getShort(2) & LONG_HEADER) == 0) {
      throw new IllegalArgumentException("not the start of a WAL segment: no long page header");
    }
    return new WalPageHeader(
        magic,
        header.getInt(4),
        new Lsn(header.getLong(8)),
        new SystemIdentifier(header.getLong(24)),
        new WalSegmentSize(header.getInt(32)));
  }
}
