// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import java.io.IOException;

/** A file that PostgreSQL handed over is not what its name says, and does not enter the archive. */
public final class WalRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with the file. */
  public enum Reason {
    /** There is no such file, or nothing but a directory. */
    MISSING("check whether PostgreSQL still has it: %p and %f of archive_command name the file"),
    /** It is a link, which may lead anywhere. */
    SYMBOLIC_LINK("replace the link by the file itself; only the directory pg_wal may be a link"),
    /** Its size is not the cluster's segment size. */
    SIZE("the file is truncated or was not written by PostgreSQL; check the disk"),
    /** It does not begin as a segment does, or its text is not that of a history file. */
    NOT_WAL("the file is damaged or not WAL; do not move it, and take a new base backup"),
    /** Its pages are those of another version than the cluster's. */
    VERSION("check that pg_data_directory of the site is the cluster that calls archive_command"),
    /** It was written by another cluster. */
    FOREIGN_CLUSTER("check that --site names the cluster that calls archive_command"),
    /** It holds another position than its name says: an old segment renamed for future use. */
    RECYCLED("PostgreSQL never archives such a file; remove its .ready file if you created it"),
    /** It holds another timeline than its name says. */
    TIMELINE("check that no file was copied between timelines by hand, and take a new base backup"),
    /** PostgreSQL has not said that it will not write it any more. */
    UNFINISHED(
        "SELECT pg_switch_wal() completes it, and PostgreSQL then archives it; if it is an old segment that was never archived, create the empty file archive_status/NAME.ready beside it, as the user"
            + " postgres, and PostgreSQL archives it"),
    /** The history of its timeline is neither stored nor in the WAL directory. */
    NO_HISTORY(
        "copy the history file from pg_wal of another server of this cluster, as the user postgres; if none"
            + " has it, write it: one line with the timeline that was left, a tab, the LSN at which it was"
            + " left (see the server's log of the promotion), a tab and a word"),
    /** It changed while it was read. */
    CHANGED("nothing but PostgreSQL may write into pg_wal");

    private final String remedy;

    Reason(String remedy) {
      this.remedy = remedy;
    }

    public String remedy() {
      return remedy;
    }
  }

  private final Reason reason;

  public WalRefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** True when there is nothing to be looked at: no file, or only a link. */
  public boolean isMissing() {
    return reason == Reason.MISSING || reason == Reason.SYMBOLIC_LINK;
  }

  /** What the administrator is to do about it. */
  public String remedy() {
    return reason.remedy();
  }
}
