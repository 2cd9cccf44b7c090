// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.check.Checks;
import io.pghoard.check.Finding;
import io.pghoard.check.Outcome;
import io.pghoard.config.SiteName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DaemonWorkTest {
  @Test
  void daemonWithoutTrouble_isFine() throws IOException {
    assertThat(
            findings(
                """
                {"alerts": {"wal_gap": [{"site": "other", "since": "T", "text": "a gap"}]},
                 "backup_sites": {"main": {"failed_basebackups": 0}},
                 "pg_receivexlogs": {"main": {"running": true, "trouble": null}}}
                """))
        .extracting(Finding::check, finding -> finding.answer().outcome())
        .containsExactly(
            tuple("daemon: base backups", Outcome.OK),
            tuple("daemon: receiver", Outcome.OK),
            tuple("daemon: alerts", Outcome.OK));
  }

  @Test
  void alertOfTheSite_fails_withItsTextAndWhatToDo() throws IOException {
    List<Finding> findings =
        findings(
            """
            {"alerts": {"retention_failed":
               [{"site": "main", "since": "2026-11-25T01:43:20Z", "text": "it failed\\nmount it"}]}}
            """);
    assertThat(findings)
        .filteredOn(finding -> finding.answer().outcome() != Outcome.OK)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.check()).isEqualTo("daemon: alert retention_failed");
              assertThat(finding.answer().outcome()).isEqualTo(Outcome.FAILED);
              assertThat(finding.answer().text())
                  .isEqualTo("raised since 2026-11-25T01:43:20Z: it failed");
              assertThat(finding.answer().remedy()).isEqualTo("mount it");
            });
  }

  @Test
  void alertThatNobodyHereKnows_fails_andMilderOnesWarn() throws IOException {
    assertThat(
            findings(
                """
                {"alerts": {"one_of_an_operator": [{"site": "main", "since": "T", "text": "x"}],
                            "archive_backlog_warning": [{"site": "main", "since": "T", "text": "x"}],
                            "configuration_error": [{"site": "-", "since": "T", "text": "x"}],
                            "alert_file_not_written": [{"site": "-", "since": "T", "text": "x"}]}}
                """))
        .extracting(finding -> finding.answer().outcome())
        .containsExactly(
            Outcome.OK, Outcome.FAILED, Outcome.WARNING, Outcome.WARNING, Outcome.FAILED);
  }

  @Test
  void baseBackups_warnOnce_andFailWhenTheyFailAgain() throws IOException {
    String state =
        """
        {"alerts": {"base_backup_failed": [{"site": "main", "since": "T", "text": "x"}]},
         "backup_sites": {"main": {"failed_basebackups": %d,
                                   "last_basebackup": {"failure": "no space"}}}}
        """;
    assertThat(findings(state.formatted(1)).get(0).answer().outcome()).isEqualTo(Outcome.WARNING);
    Finding again = findings(state.formatted(2)).get(0);
    assertThat(again.answer().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(again.answer().text()).contains("the last 2 in a row have failed: no space");
    assertThat(findings(state.formatted(2)))
        .noneMatch(finding -> finding.check().contains("alert base_backup_failed"));
  }

  @Test
  void receiver_warnsUntilItIsAnAlert() throws IOException {
    String state =
        """
        {"alerts": {%s}, "pg_receivexlogs":
          {"main": {"running": false, "trouble": "no server", "trouble_since": "T"}}}
        """;
    assertThat(findings(state.formatted("")))
        .extracting(finding -> finding.answer().outcome())
        .containsExactly(Outcome.OK, Outcome.WARNING, Outcome.OK);
    assertThat(
            findings(
                state.formatted(
                    "\"wal_receive_failed\": [{\"site\": \"main\", \"since\": \"T\", \"text\": \"x\"}]")))
        .extracting(finding -> finding.answer().outcome())
        .containsExactly(Outcome.OK, Outcome.FAILED);
  }

  private static List<Finding> findings(String state) throws IOException {
    List<Finding> findings = new ArrayList<>();
    new DaemonWork(new ObjectMapper().readTree(state), new SiteName("main"))
        .run(new Checks("daemon", findings::add));
    return findings;
  }
}
