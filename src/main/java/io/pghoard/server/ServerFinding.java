// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

/**
 * How the server of a site was found.
 *
 * @param text what happened and what to do; "" when all is well
 */
public record ServerFinding(Kind kind, String text) {
  static final ServerFinding FINE = new ServerFinding(Kind.FINE, "");

  /** What can be wrong, in the order in which a connection meets it. */
  public enum Kind {
    /** It does not answer, or takes no connections now. */
    UNREACHABLE,
    /** pg_hba.conf does not let pghoard in. */
    NOT_LET_IN,
    /** The user or the password is not the right one. */
    NOT_AUTHENTICATED,
    /** It refuses for another reason, or a program is missing here. */
    REFUSED,
    /** Its version is none that pghoard can back up. */
    VERSION_UNSUPPORTED,
    /** pg_basebackup here is older than the server. */
    VERSION_MISMATCH,
    /** The repository did not say whose it is, so that nobody knows whether it is this server's. */
    NOT_COMPARED,
    /** What is stored of the site is of another cluster. */
    FOREIGN_CLUSTER,
    FINE
  }
}
