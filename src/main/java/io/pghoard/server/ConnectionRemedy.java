// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.postgres.ConnectionInfo;

/**
 * What to do when a server does not let pghoard in, by PostgreSQL's own words.
 *
 * @param database what is connected to, as pg_hba.conf calls it: a name, or {@code replication}
 */
record ConnectionRemedy(ConnectionInfo node, String database) {
  String of(String words) {
    if (words.contains("password authentication failed")
        || words.contains("no password supplied")) {
      return "set the password of \"%s\" in the site's nodes, or in PostgreSQL: ALTER ROLE \"%s\" PASSWORD '...'"
          .formatted(user(), user());
    }
    if (words.contains("no pg_hba.conf entry") || words.contains("pg_hba.conf rejects")) {
      return "add to pg_hba.conf, before any line that rejects it, and reload: %s %s scram-sha-256"
          .formatted(
              local() ? "local" : "host", database + " " + user() + (local() ? "" : " ADDRESS"));
    }
    if (words.contains("WAL sender") || words.contains("replication role")) {
      return "allow the role to replicate: ALTER ROLE \"%s\" REPLICATION".formatted(user());
    }
    if (words.contains("max_wal_senders") || words.contains("too many clients")) {
      return "raise max_wal_senders and max_connections in postgresql.conf, and restart PostgreSQL";
    }
    if (words.contains("role \"") && words.contains("does not exist")) {
      return "create the role: CREATE USER \"%s\" REPLICATION PASSWORD '...'".formatted(user());
    }
    if (words.contains("database \"") && words.contains("does not exist")) {
      return "set dbname in the site's nodes to an existing database";
    }
    return "check that PostgreSQL runs and listens there, or correct the site's nodes";
  }

  private String user() {
    return node.parameters().getOrDefault("user", "USER");
  }

  /** Whether the node is a socket on this machine. */
  private boolean local() {
    return node.parameters().getOrDefault("host", "/").startsWith("/");
  }
}
