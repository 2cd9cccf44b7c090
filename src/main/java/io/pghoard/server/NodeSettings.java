// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import java.util.List;

/** Whether the role and the settings of a server are good for base backups. */
record NodeSettings(NodeAnswers told) {
  /** The names of all checks. */
  static final List<String> CHECKS =
      List.of("role", "wal senders", "full_page_writes", "data checksums");

  void run(Checks checks) {
    checks.check("role", "", this::role);
    checks.check("wal senders", "", this::walSenders);
    checks.check("full_page_writes", "", this::fullPageWrites);
    checks.check("data checksums", "", this::dataChecksums);
  }

  private Answer role() {
    String role = told.text("role");
    return told.is("may_replicate", "true")
        ? Answer.ok(role + " may replicate")
        : Answer.failed(
            "the role " + role + " has no attribute REPLICATION",
            "ALTER ROLE \"" + role + "\" REPLICATION");
  }

  private Answer walSenders() {
    Long most = told.number("max_wal_senders");
    Long used = told.number("wal_senders");
    if (most == null || used == null) {
      return Answer.unknown("the server does not say");
    }
    String text = "%d of %d are in use".formatted(used, most);
    return used < most
        ? Answer.ok(text)
        : Answer.warning(text, "raise max_wal_senders: a base backup needs one");
  }

  private Answer fullPageWrites() {
    return told.is("full_page_writes", "on")
        ? Answer.ok("on")
        : Answer.warning(
            String.valueOf(told.text("full_page_writes")),
            "set full_page_writes = on: a crash in the middle of a page is not repaired without it");
  }

  private Answer dataChecksums() {
    return told.is("data_checksums", "on")
        ? Answer.ok("on: base backups check every page")
        : Answer.warning(
            "off: a base backup cannot tell damaged pages from good ones",
            "stop the cluster and run pg_checksums --enable");
  }
}
