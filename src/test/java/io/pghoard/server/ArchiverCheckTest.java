// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.backup.TestSite;
import io.pghoard.check.Checks;
import io.pghoard.check.Finding;
import io.pghoard.check.Outcome;
import io.pghoard.repository.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiverCheckTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final String SEGMENT = "000000010000000000000001";

  private final TestSite site;
  private final Path status;

  ArchiverCheckTest(@TempDir Path directory) throws IOException {
    site = new TestSite(directory);
    status = site.archiveStatus();
  }

  @Test
  void archiverThatHasFailedForLong_fails_andAFailureOfAMomentWarns() throws IOException {
    Map<String, String> failing = answers(Duration.ofHours(10), Duration.ofSeconds(10));
    assertThat(archiver(failing)).as("nothing waits").isEqualTo(Outcome.WARNING);
    ready(Duration.ofSeconds(10));
    assertThat(archiver(failing)).isEqualTo(Outcome.WARNING);
    ready(Duration.ofMinutes(3));
    assertThat(archiver(failing)).isEqualTo(Outcome.FAILED);
    failing.put("is_standby", "true");
    assertThat(archiver(failing)).isEqualTo(Outcome.WARNING);
    assertThat(archiver(answers(Duration.ofSeconds(5), Duration.ofHours(1)))).isEqualTo(Outcome.OK);
  }

  @Test
  void archiverOfAnotherMachine_failsAsLongAsItTriesAgain() throws IOException {
    Files.delete(status);
    assertThat(archiver(answers(Duration.ofHours(1), Duration.ofMinutes(1))))
        .isEqualTo(Outcome.FAILED);
    assertThat(archiver(answers(Duration.ofHours(4), Duration.ofHours(3))))
        .isEqualTo(Outcome.WARNING);
  }

  @Test
  void walThatHasWaitedForLong_fails_butNotThatOfAFormerPrimary() throws IOException {
    Map<String, String> answers = answers(Duration.ofSeconds(5), Duration.ofHours(1));
    ready(Duration.ofMinutes(14));
    assertThat(outcome(answers, "postgres: WAL that waits")).isEqualTo(Outcome.OK);
    ready(Duration.ofMinutes(16));
    assertThat(outcome(answers, "postgres: WAL that waits")).isEqualTo(Outcome.FAILED);
    answers.put("is_standby", "true");
    assertThat(outcome(answers, "postgres: WAL that waits")).isEqualTo(Outcome.OK);
  }

  @Test
  void walThatIsArchivedToNowhere_fails() throws IOException {
    assertThat(archived(true)).isEqualTo(Outcome.FAILED);
    assertThat(archived(false)).as("before the first base backup").isEqualTo(Outcome.WARNING);
    site.store.put(
        new ObjectKey("main/xlog/" + SEGMENT), Map.of(), new ByteArrayInputStream(new byte[1]));
    assertThat(archived(true)).isEqualTo(Outcome.OK);
  }

  private Outcome archived(boolean inUse) throws IOException {
    List<Finding> findings = new ArrayList<>();
    NodeAnswers answers = new NodeAnswers(answers(Duration.ofHours(1), Duration.ofHours(2)));
    new StoredWalCheck(site.sites.get(TestSite.NAME), answers, inUse)
        .run(new Checks("postgres", findings::add), site.store);
    assertThat(findings).hasSize(1);
    return findings.get(0).answer().outcome();
  }

  private static Map<String, String> answers(Duration archived, Duration failed) {
    return new TreeMap<>(
        Map.of(
            "is_standby",
            "false",
            "epoch",
            epoch(Duration.ZERO),
            "archived_epoch",
            epoch(archived),
            "archived_wal",
            SEGMENT,
            "failed_epoch",
            epoch(failed),
            "failed_wal",
            SEGMENT,
            "failed_count",
            "3"));
  }

  private static String epoch(Duration ago) {
    return Long.toString(NOW.minus(ago).getEpochSecond());
  }

  private void ready(Duration ago) throws IOException {
    Path file = status.resolve(SEGMENT + ".ready");
    Files.deleteIfExists(file);
    Files.setLastModifiedTime(Files.createFile(file), FileTime.from(NOW.minus(ago)));
  }

  private Outcome archiver(Map<String, String> answers) throws IOException {
    return outcome(answers, "postgres: archiver");
  }

  private Outcome outcome(Map<String, String> answers, String check) throws IOException {
    List<Finding> findings = new ArrayList<>();
    new ArchiverCheck(site.sites.get(TestSite.NAME), new NodeAnswers(answers), CLOCK)
        .run(new Checks("postgres", findings::add));
    return findings.stream()
        .filter(finding -> finding.check().equals(check))
        .findFirst()
        .orElseThrow()
        .answer()
        .outcome();
  }
}
