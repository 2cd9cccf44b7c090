// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/** What pg_control says of a cluster beside its identity. */
public final class ControlFile {
  // From PostgreSQL 12 on, 180 bytes from the start of the file:
  //
  //   offset  size
  //        0     4   max_connections
  //        4     4   max_worker_processes
  //        8     4   max_wal_senders
  //       12     4   max_prepared_transactions
  //       16     4   max_locks_per_transaction
  //       20     1   track_commit_timestamp, and 3 of padding
  //       24     4   maxAlign, 8
  //       28     8   floatFormat, 1234567.0
  //
  // Source: ControlFileData in PostgreSQL's pg_control.h.
  private static final int MAX_CONNECTIONS = 180;
  private static final double FLOAT_FORMAT = 1234567.0;

  // In every version, after system_identifier (8), pg_control_version (4) and catalog_version_no
  // (4):
  // enum DBState.
  private static final int CATALOG_VERSION = 12;
  private static final int STATE = 16;
  private static final int DB_IN_PRODUCTION = 6;

  private static final String[] NAMES = {
    "max_connections",
    "max_worker_processes",
    "max_wal_senders",
    "max_prepared_transactions",
    "max_locks_per_transaction"
  };

  private final byte[] content;

  /**
   * Takes a file as it is.
   *
   * @param content PG_CONTROL_FILE_SIZE bytes
   */
  public ControlFile(byte[] content) {
    this.content = content.clone();
  }

  /**
   * The settings of which a hot standby must have at least as much as its WAL was written with, by
   * their names. Empty when the file is laid out otherwise than in PostgreSQL 12 to 19.
   *
   * <p>Source: {@code CheckRequiredParameterValues} in PostgreSQL's {@code xlog.c}.
   */
  public Map<String, Integer> requiredSettings() {
    Map<String, Integer> required = new LinkedHashMap<>();
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    if (content.length >= MAX_CONNECTIONS + 36
        && bytes.getInt(MAX_CONNECTIONS + 24) == 8
        && bytes.getDouble(MAX_CONNECTIONS + 28) == FLOAT_FORMAT) {
      for (int i = 0; i < NAMES.length; i++) {
        required.put(NAMES[i], bytes.getInt(MAX_CONNECTIONS + 4 * i));
      }
    }
    return required;
  }

  /** The version of the system catalogs, such as 202209061 of PostgreSQL 15. */
  public int catalogVersion() {
    return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getInt(CATALOG_VERSION);
  }

  /** Whether the server runs as a primary, or was one when it was killed. */
  public boolean isInProduction() {
    return content.length >= STATE + 4
        && ByteBuffer.wrap(content).order(ByteOrder.nativeOrder()).getInt(STATE)
            == DB_IN_PRODUCTION;
  }
}
