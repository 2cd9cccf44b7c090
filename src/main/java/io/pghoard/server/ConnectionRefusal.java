// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.server.ServerFinding.Kind;
import java.util.regex.Pattern;

/**
 * Sorts what psql says when it cannot connect. libpq's own words are English here, those of a
 * server are in its lc_messages: what is not understood is a refusal.
 */
final class ConnectionRefusal {
  private static final Pattern NOT_LET_IN = Pattern.compile("pg_hba\\.conf");

  // Before a server has looked at anybody; and the words of libpq and of the system.
  private static final Pattern UNREACHABLE =
      Pattern.compile(
          "Connection refused|timeout expired|timed out|No such file or directory"
              + "|could not translate host name|No route to host|Network is unreachable"
              + "|server closed the connection|Connection reset|Host is down|SSL SYSCALL"
              + "|database system is (starting up|shutting down|in recovery mode|not yet accepting)"
              + "|not accepting connections|too many clients|remaining connection slots"
              + "|max_wal_senders|it took more than|terminating connection");

  private static final Pattern NOT_AUTHENTICATED =
      Pattern.compile(
          "authentication failed|no password supplied|fe_sendauth|SCRAM"
              + "|role \"[^\"]*\" does not exist|valid client certificate"
              + "|is not permitted to log in");

  private ConnectionRefusal() {}

  static Kind kind(String message) {
    if (NOT_LET_IN.matcher(message).find()) {
      return Kind.NOT_LET_IN;
    }
    if (NOT_AUTHENTICATED.matcher(message).find()) {
      return Kind.NOT_AUTHENTICATED;
    }
    return UNREACHABLE.matcher(message).find() ? Kind.UNREACHABLE : Kind.REFUSED;
  }
}
