// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import io.pghoard.config.SiteName;
import java.util.Map;
import java.util.Set;

/**
 * Whether a daemon does its work for a site, as it says itself.
 *
 * @param state what it answers to {@code GET /status}
 */
record DaemonWork(JsonNode state, SiteName site) {
  /** What should be looked at, while the site is backed up and can be restored. */
  private static final Set<String> WARNINGS =
      Set.of(
          "archive_backlog_warning",
          "basebackup_count_missing",
          "received_wal_left",
          "state_file_not_written");

  /** Of pghoard itself, only this keeps anything of a site from being told. */
  private static final String UNWRITTEN = "alert_file_not_written";

  private static final String BASE_BACKUPS = "base_backup_failed";
  private static final String RECEIVER = "wal_receive_failed";

  void run(Checks checks) {
    checks.check("base backups", "", this::baseBackups);
    JsonNode receiver = state.path("pg_receivexlogs").path(site.text());
    if (receiver.isObject() && !isRaised(RECEIVER)) {
      checks.check("receiver", "", () -> receiver(receiver));
    }
    boolean any = false;
    for (Map.Entry<String, JsonNode> alert : state.path("alerts").properties()) {
      for (JsonNode entry : alert.getValue()) {
        String whose = entry.path("site").asText();
        boolean ofSite = whose.equals(site.text());
        // The first check has told it.
        boolean told = alert.getKey().equals(BASE_BACKUPS) && failedInARow() > 1;
        if ((ofSite || whose.equals("-")) && !told) {
          any = true;
          checks.check("alert " + alert.getKey(), "", () -> alert(alert.getKey(), ofSite, entry));
        }
      }
    }
    if (!any) {
      checks.check("alerts", "", () -> Answer.ok("none is raised for the site"));
    }
  }

  private boolean isRaised(String alert) {
    for (JsonNode entry : state.path("alerts").path(alert)) {
      if (entry.path("site").asText().equals(site.text())) {
        return true;
      }
    }
    return false;
  }

  private int failedInARow() {
    return ofSite().path("failed_basebackups").asInt();
  }

  private JsonNode ofSite() {
    return state.path("backup_sites").path(site.text());
  }

  private Answer baseBackups() {
    int failed = failedInARow();
    if (failed == 0) {
      return Answer.ok("none has failed since the last one that succeeded");
    }
    String failure = ofSite().path("last_basebackup").path("failure").asText("see its log");
    String remedy = "fix the cause; PUT /%s/basebackup retries at once".formatted(site);
    return failed == 1
        ? Answer.warning("the last one has failed: " + failure, remedy)
        : Answer.failed("the last %d in a row have failed: %s".formatted(failed, failure), remedy);
  }

  private static Answer receiver(JsonNode receiver) {
    String trouble = receiver.path("trouble").asText("");
    return trouble.isEmpty() || trouble.equals("null")
        ? Answer.ok("nothing prevents WAL from being received")
        : Answer.warning(
            "no WAL has been received since %s: %s"
                .formatted(receiver.path("trouble_since").asText(), trouble),
            "check again in a minute: it is retried automatically");
  }

  /** The last line of an alert's text says what to do. */
  private static Answer alert(String name, boolean ofSite, JsonNode entry) {
    String text = entry.path("text").asText().strip();
    int line = text.lastIndexOf('\n');
    String what =
        "raised since %s: %s"
            .formatted(
                entry.path("since").asText(), line < 0 ? text : text.substring(0, line).strip());
    String remedy = line < 0 ? "" : text.substring(line + 1).strip();
    boolean fails = ofSite ? !WARNINGS.contains(name) : name.equals(UNWRITTEN);
    return fails ? Answer.failed(what, remedy) : Answer.warning(what, remedy);
  }
}
