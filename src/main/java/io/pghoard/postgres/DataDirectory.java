// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** The data directory of a database cluster on this machine, and what its files say of it. */
public record DataDirectory(Path path) {
  // pg_control begins, in the byte order of the server's machine:
  //   offset 0    8 bytes  system_identifier
  //          8    4 bytes  pg_control_version
  // Source: ControlFileData in PostgreSQL's pg_control.h.
  private static final int CONTROL_START = 12;

  /**
   * The major version that the file PG_VERSION names.
   *
   * @throws IOException when it cannot be read or names none
   */
  public MajorVersion majorVersion() throws IOException {
    Path file = path.resolve("PG_VERSION");
    try {
      return MajorVersion.parse(PostgresText.read(file).strip());
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " names no version: " + e.getMessage(), e);
    }
  }

  /**
   * The system identifier that global/pg_control holds.
   *
   * @throws IOException when it cannot be read
   */
  public SystemIdentifier systemIdentifier() throws IOException {
    return new SystemIdentifier(controlStart().getLong(0));
  }

  /**
   * The version of the control file's own format, such as 1300 for PostgreSQL 13 to 16, 1700 for
   * 17, 1800 for 18 and 1905 for 19.
   *
   * @throws IOException when it cannot be read
   */
  public int controlVersion() throws IOException {
    return controlStart().getInt(8);
  }

  private ByteBuffer controlStart() throws IOException {
    Path file = path.resolve("global/pg_control");
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(CONTROL_START);
      if (start.length < CONTROL_START) {
        throw new IOException(file + " is cut off: it has only " + start.length + " bytes");
      }
      return ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Where WAL lies: pg_wal, or pg_xlog before PostgreSQL 10. */
  public Path wal() {
    Path old = path.resolve("pg_xlog");
    Path today = path.resolve("pg_wal");
    return Files.isDirectory(old) && !Files.isDirectory(today) ? old : today;
  }
}
