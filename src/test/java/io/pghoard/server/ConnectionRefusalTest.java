// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.server.ServerFinding.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionRefusalTest {
  // What psql 15 prints; several need a server that is set up for it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          UNREACHABLE | connection to server at "10.0.0.1", port 5432 failed: Connection refused
          UNREACHABLE | connection to server at "10.0.0.1", port 5432 failed: timeout expired
          UNREACHABLE | could not translate host name "db" to address: Name or service not known
          UNREACHABLE | connection to server on socket "/run/.s.PGSQL.5432" failed: No such file or directory
          UNREACHABLE | connection to server at "db" failed: FATAL:  the database system is starting up
          UNREACHABLE | connection to server at "db" failed: FATAL:  sorry, too many clients already
          UNREACHABLE | psql was ended: it took more than 60 s
          NOT_LET_IN | FATAL:  no pg_hba.conf entry for replication connection from host "10.0.0.2"
          NOT_LET_IN | FATAL:  pg_hba.conf rejects connection for host "10.0.0.2", user "postgres"
          NOT_AUTHENTICATED | FATAL:  password authentication failed for user "pghoard"
          NOT_AUTHENTICATED | connection to server at "db" failed: fe_sendauth: no password supplied
          NOT_AUTHENTICATED | FATAL:  Peer authentication failed for user "pghoard"
          NOT_AUTHENTICATED | FATAL:  role "pghoard" does not exist
          REFUSED | FATAL:  must be superuser or replication role to start walsender
          REFUSED | FATAL:  database "pghoard" does not exist
          REFUSED | invalid connection option "usr"
          """)
  void message_isSorted(Kind kind, String message) {
    assertThat(ConnectionRefusal.kind(message)).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "12, 15, VERSION_UNSUPPORTED",
    "13, 13, FINE",
    "13, 15, FINE",
    "15, 14, VERSION_MISMATCH",
    "18, 18, FINE",
    "19, 19, FINE",
    "20, 20, VERSION_UNSUPPORTED"
  })
  void versions_areCompared(int server, int program, Kind kind) {
    assertThat(ServerWatch.versions(server, program, Path.of("/usr/bin/pg_basebackup")).kind())
        .isEqualTo(kind);
  }

  @Test
  void mismatch_saysWhatToInstall() {
    assertThat(ServerWatch.versions(15, 14, Path.of("/opt/14/pg_basebackup")).text())
        .contains("/opt/14/pg_basebackup is of 14", "client programs of PostgreSQL 15");
  }
}
