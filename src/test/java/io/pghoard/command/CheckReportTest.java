// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import io.pghoard.config.SiteName;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** What an operator and a machine read of a check. */
class CheckReportTest {
  private static final SiteName SITE = new SiteName("main");

  private final StringWriter written = new StringWriter();

  private CheckReport report(boolean json) {
    return new CheckReport(new PrintWriter(written), json);
  }

  private static Checks store(CheckReport report) {
    return new Checks("store", finding -> report.add(SITE, finding));
  }

  @Test
  void finding_isALineWithItsTimeAndRemedy() {
    CheckReport report = report(false);
    Checks checks = store(report);

    assertThat(checks.check("list", "look", () -> Answer.ok("it answers"))).isTrue();
    assertThat(checks.check("clock", "", () -> Answer.warning("late", "set it"))).isTrue();
    checks.unknown("get", "nothing could be stored");
    assertThat(
            checks.check(
                "put",
                "make it writable",
                () -> {
                  throw new IOException("cannot put:\n  denied\n");
                }))
        .isFalse();

    assertThat(report.end()).isEqualTo(1);
    assertThat(written.toString().lines())
        .satisfiesExactly(
            line ->
                assertThat(line).matches("ok {7}main: store: list \\(0\\.\\d{3} s\\): it answers"),
            line ->
                assertThat(line)
                    .matches("warning {2}main: store: clock \\(0\\.\\d{3} s\\): late; set it"),
            line ->
                assertThat(line)
                    .isEqualTo("unknown  main: store: get (0.000 s): nothing could be stored"),
            line ->
                assertThat(line)
                    .matches(
                        "FAILED {3}main: store: put \\(0\\.\\d{3} s\\): cannot put: denied;"
                            + " make it writable"),
            line -> assertThat(line).isEqualTo("1 ok, 1 warning, 1 unknown, 1 failed"));
  }

  @Test
  void warning_isNoFailure() {
    CheckReport report = report(false);

    store(report).check("clock", "", () -> Answer.warning("late", "set it"));

    assertThat(report.end()).isZero();
  }

  @Test
  void json_hasTheSame() throws Exception {
    CheckReport report = report(true);

    store(report).check("put", "", () -> Answer.failed("denied", "allow it"));

    assertThat(report.end()).isEqualTo(1);
    JsonNode all = new ObjectMapper().readTree(written.toString());
    assertThat(all.path("outcome").asText()).isEqualTo("failed");
    assertThat(all.path("failed_count").asInt()).isEqualTo(1);
    JsonNode check = all.path("checks").path(0);
    assertThat(check.path("site").asText()).isEqualTo("main");
    assertThat(check.path("check").asText()).isEqualTo("store: put");
    assertThat(check.path("outcome").asText()).isEqualTo("failed");
    assertThat(check.path("seconds").isNumber()).isTrue();
    assertThat(check.path("text").asText()).isEqualTo("denied");
    assertThat(check.path("remedy").asText()).isEqualTo("allow it");
  }
}
