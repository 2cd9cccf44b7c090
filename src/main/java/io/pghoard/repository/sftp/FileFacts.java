// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import java.time.Instant;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * What a server tells of a file, in the third version of the protocol.
 *
 * <pre>
 *   uint32 flags | size 8 if 1 | uid 4, gid 4 if 2 | permissions 4 if 4 | atime 4, mtime 4 if 8 |
 *   count 4 and pairs of strings if 0x80000000
 * </pre>
 *
 * @param mode type and permissions as of stat(2), 0 when the server does not say
 */
record FileFacts(long size, int mode, Instant modified) {
  private static final int TYPE = 0xF000;
  private static final int DIRECTORY = 0x4000;
  private static final int LINK = 0xA000;

  static FileFacts read(Buffer buffer) {
    int flags = buffer.getInt();
    long size = (flags & 1) == 0 ? 0 : buffer.getLong();
    if ((flags & 2) != 0) {
      buffer.getLong();
    }
    int mode = (flags & 4) == 0 ? 0 : buffer.getInt();
    Instant modified = Instant.EPOCH;
    if ((flags & 8) != 0) {
      buffer.getInt();
      modified = Instant.ofEpochSecond(buffer.getUInt());
    }
    if ((flags & 0x80000000) != 0) {
      for (int left = buffer.getInt(); left > 0; left--) {
        buffer.getBytes();
        buffer.getBytes();
      }
    }
    return new FileFacts(size, mode, modified);
  }

  boolean isDirectory() {
    return (mode & TYPE) == DIRECTORY;
  }

  boolean isLink() {
    return (mode & TYPE) == LINK;
  }
}
