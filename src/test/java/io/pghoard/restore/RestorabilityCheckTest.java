// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.check.Checks;
import io.pghoard.check.Finding;
import io.pghoard.check.Outcome;
import io.pghoard.config.SiteName;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.DamageMarks;
import io.pghoard.repository.HistoryBreaks;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.SiteKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every state of a repository in which a restore would not open, and those in which it would. */
class RestorabilityCheckTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T20:00:00Z"), ZoneOffset.UTC);
  private static final SiteKeys KEYS = new SiteKeys("main");
  private static final String TAKE_ONE = "take a base backup now: PUT /main/basebackup";

  private HandMadeRepository repository;

  @BeforeEach
  void twoBackups(@TempDir Path directory) throws IOException {
    repository = new HandMadeRepository(directory.resolve("repository"));
    repository.backup("first", 2, 3, "2026-01-01T10:00:00Z");
    repository.backup("second", 5, 6, "2026-01-02T10:00:00Z");
    for (int segment = 2; segment <= 8; segment++) {
      repository.segment(1, segment, "2026-01-0%dT12:00:00Z".formatted(segment < 5 ? 1 : 2));
    }
  }

  private List<Finding> findings() throws IOException {
    List<Finding> findings = new ArrayList<>();
    new RestorabilityCheck(repository.sites().get(new SiteName("main")), repository.store(), CLOCK)
        .run(new Checks("archive", findings::add));
    return findings;
  }

  private void assertSound() throws IOException {
    assertThat(findings())
        .hasSize(5)
        .allSatisfy(each -> assertThat(each.answer().outcome()).isEqualTo(Outcome.OK));
  }

  /** One check and no other is not ok; it names the thing, and says what to do. */
  private void assertFound(Outcome outcome, String check, String text, String remedy)
      throws IOException {
    List<Finding> found =
        findings().stream().filter(each -> each.answer().outcome() != Outcome.OK).toList();
    assertThat(found).extracting(Finding::check).containsExactly("archive: " + check);
    assertThat(found.get(0).answer().outcome()).isEqualTo(outcome);
    assertThat(found.get(0).answer().text()).contains(text);
    assertThat(found.get(0).answer().remedy()).contains(remedy);
  }

  @Test
  void backupsWithAllTheirWal_areSound() throws IOException {
    assertSound();
  }

  @Test
  void segmentOfTheNewestBackupThatIsMissing_fails() throws IOException {
    repository.deleteSegment(1, 6);
    assertThat(findings())
        .filteredOn(each -> each.answer().outcome() == Outcome.FAILED)
        .extracting(Finding::check)
        .containsExactly("archive: restorable", "archive: WAL since");
  }

  @Test
  void segmentAfterTheNewestBackupThatIsMissing_fails() throws IOException {
    repository.deleteSegment(1, 7);
    assertFound(Outcome.FAILED, "WAL since", "000000010000000000000007", TAKE_ONE);
  }

  @Test
  void segmentAfterTheNewestBackupThatIsDamaged_fails() throws IOException {
    damage(new ObjectKey("main/xlog/000000010000000000000007"));
    assertFound(Outcome.FAILED, "WAL since", "000000010000000000000007", TAKE_ONE);
  }

  @Test
  void serverThatWasRolledBack_fails() throws IOException {
    new HistoryBreaks(repository.store(), KEYS)
        .mark(new WalSegmentName(1, 0, 8), "its record does not continue the stored one");
    assertFound(Outcome.FAILED, "WAL since", "000000010000000000000008", TAKE_ONE);
  }

  @Test
  void segmentBeforeTheNewestBackupThatIsMissing_isTold() throws IOException {
    repository.deleteSegment(1, 4);
    assertFound(Outcome.WARNING, "WAL before", "000000010000000000000004", "cannot be restored");
  }

  @Test
  void timelineWithoutItsHistory_fails() throws IOException {
    repository.segment(2, 8, "2026-01-02T13:00:00Z");
    repository.segment(2, 9, "2026-01-02T13:00:00Z");
    assertNoRestore("00000002.history");
  }

  @Test
  void historyInTheMiddleThatIsMissing_fails() throws IOException {
    repository.history(3, "1\t0/8000000\tno reason\n2\t0/9000000\tno reason\n");
    repository.segment(3, 9, "2026-01-02T13:00:00Z");
    assertNoRestore("00000002");
  }

  /** Neither to the end of the newest base backup nor to the newest WAL. */
  private void assertNoRestore(String text) throws IOException {
    assertThat(findings())
        .filteredOn(each -> each.answer().outcome() != Outcome.OK)
        .allSatisfy(
            each -> {
              assertThat(each.answer().outcome()).isEqualTo(Outcome.FAILED);
              assertThat(each.answer().text()).contains(text);
            })
        .extracting(Finding::check)
        .containsExactly("archive: restorable", "archive: WAL since");
  }

  @Test
  void newestTimelineThatTheNewestBackupDoesNotLeadTo_isTold() throws IOException {
    // A recovery to a moment before the second backup.
    repository.history(2, "1\t0/4800000\tno reason\n");
    for (int segment = 4; segment <= 6; segment++) {
      repository.segment(2, segment, "2026-01-02T13:00:00Z");
    }
    assertFound(Outcome.WARNING, "WAL since", "does not lead to timeline 2", TAKE_ONE);
  }

  @Test
  void chunkThatIsMissing_fails() throws IOException {
    repository.store().delete(repository.chunk("second"));
    assertFound(Outcome.FAILED, "restorable", repository.chunk("second").text(), TAKE_ONE);
  }

  @Test
  void chunkThatIsDamaged_fails() throws IOException {
    damage(repository.chunk("second"));
    assertThat(findings())
        .filteredOn(each -> each.check().equals("archive: restorable"))
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.answer().outcome()).isEqualTo(Outcome.FAILED);
              assertThat(each.answer().text()).contains(repository.chunk("second").text());
            });
  }

  @Test
  void mainObjectThatIsDamaged_fails() throws IOException {
    damage(KEYS.mainObject("second"));
    assertThat(findings())
        .filteredOn(each -> each.answer().outcome() == Outcome.FAILED)
        .extracting(Finding::check)
        .contains("archive: restorable");
  }

  @Test
  void mainObjectThatIsCutOff_fails() throws IOException {
    Path file = repository.file(KEYS.mainObject("second"));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThat(findings())
        .filteredOn(each -> each.answer().outcome() == Outcome.FAILED)
        .extracting(Finding::check)
        .contains("archive: restorable");
  }

  @Test
  void mainObjectThatIsNotUnderstood_isTold() throws IOException {
    repository
        .store()
        .put(
            KEYS.mainObject("third"),
            Map.of("format", "something-newer"),
            new ByteArrayInputStream("?".getBytes(UTF_8)));
    assertFound(Outcome.WARNING, "base backups", "third", "restore them from a copy");
  }

  @Test
  void walWithoutAnyBackup_fails() throws IOException {
    repository.store().delete(KEYS.mainObject("first"));
    repository.store().delete(KEYS.mainObject("second"));
    assertThat(findings())
        .filteredOn(each -> each.answer().outcome() == Outcome.FAILED)
        .singleElement()
        .satisfies(each -> assertThat(each.answer().text()).contains("no base backup"));
  }

  @Test
  void backupOfTheFuture_isTold() throws IOException {
    repository.backup("third", 7, 8, "2026-01-03T10:00:00Z");
    assertFound(Outcome.WARNING, "age", "in the future", "NTP");
  }

  private void damage(ObjectKey key) throws IOException {
    new DamageMarks(repository.store(), KEYS).mark(key, "it was changed");
  }
}
