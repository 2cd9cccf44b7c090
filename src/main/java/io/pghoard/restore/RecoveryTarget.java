// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.Lsn;
import java.time.Instant;

/** Where recovery ends. */
public sealed interface RecoveryTarget {
  /** The end of all WAL there is. */
  record Latest() implements RecoveryTarget {}

  /** As soon as the cluster is consistent: the end of the base backup. */
  record Immediate() implements RecoveryTarget {}

  /** The last commit before or at a time. */
  record Time(Instant time) implements RecoveryTarget {}

  /** A restore point, made by {@code pg_create_restore_point}. */
  record Name(String name) implements RecoveryTarget {
    public Name {
      // MAXFNAMELEN of PostgreSQL's xlog_internal.h, with its closing zero.
      if (name.isEmpty() || name.length() > 63 || name.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "not the name of a restore point (1 to 63 characters, none of them a control character)");
      }
    }
  }

  /** The commit of a transaction. */
  record Transaction(long xid) implements RecoveryTarget {
    public Transaction {
      if (xid < 3) {
        throw new IllegalArgumentException(
            "not the id of a transaction (a whole number of at least 3): " + xid);
      }
    }
  }

  /** A position in the WAL. */
  record AtLsn(Lsn lsn) implements RecoveryTarget {}
}
