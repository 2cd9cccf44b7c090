// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BackupLabelTest {
  @Test
  void labelOfAPrimary_isParsed() throws IOException {
    assertThat(BackupLabel.parse(resource("backup_label-15-primary")))
        .isEqualTo(
            new BackupLabel(
                Lsn.parse("0/2000028"),
                WalSegmentName.parse("000000010000000000000002"),
                Lsn.parse("0/2000060"),
                Instant.parse("2026-11-22T12:13:28Z"),
                1,
                "pghoard_base_backup",
                false));
  }

  @Test
  void labelOfAStandby_isParsed() throws IOException {
    BackupLabel label = BackupLabel.parse(resource("backup_label-15-standby"), AT);
    assertThat(label.fromStandby()).isTrue();
    assertThat(label.startTime()).isEqualTo(AT);
  }

  private static final Instant AT = Instant.parse("2026-11-22T12:21:49Z");

  @ParameterizedTest
  @CsvSource({
    "2026-11-22 12:13:28 UTC, 2026-11-22T12:13:28Z",
    "2026-11-22 12:13:28 GMT, 2026-11-22T12:13:28Z",
    "2026-11-22 13:13:28 CET, 2026-11-22T12:13:28Z",
    "2026-11-22 15:13:28 +03, 2026-11-22T12:13:28Z",
    "2026-11-22 17:58:28 +0545, 2026-11-22T12:13:28Z",
    "2026-11-22 09:13:28 -03, 2026-11-22T12:13:28Z",
  })
  void startTime_isReadInItsZone(String text, Instant time) {
    assertThat(BackupLabel.parse(label(text)).startTime()).isEqualTo(time);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-22 17:43:28 IST, 2026-11-22T12:13:30Z",
    "2026-11-22 14:13:28 IST, 2026-11-22T12:13:30Z",
    "2026-11-22 12:13:28 XYZ, 2026-11-22T12:15:02Z",
  })
  void startTime_isReadInTheZoneThatTheFilesTimeTells(String text, Instant written) {
    assertThat(BackupLabel.parse(label(text), written).startTime())
        .isEqualTo(Instant.parse("2026-11-22T12:13:28Z"));
  }

  @Test
  void labelWithoutTimeline_takesTheSegments() {
    String old = label("2026-11-22 12:13:28 UTC").replaceAll("START TIMELINE.*\n", "");
    assertThat(BackupLabel.parse(old).startTimeline()).isEqualTo(1);
  }

  @Test
  void parse_rejects() {
    String good = label("2026-11-22 12:13:28 UTC");
    assertThatThrownBy(() -> BackupLabel.parse("")).hasMessageContaining("START WAL LOCATION");
    assertThatThrownBy(() -> BackupLabel.parse(good.replace("(file ", "(")))
        .hasMessageContaining("START WAL LOCATION");
    assertThatThrownBy(() -> BackupLabel.parse(good.replaceAll("CHECKPOINT.*\n", "")))
        .hasMessageContaining("CHECKPOINT LOCATION");
    assertThatThrownBy(() -> BackupLabel.parse(good.replace("TIMELINE: 1", "TIMELINE: 2")))
        .hasMessageContaining("timeline 2");
    assertThatThrownBy(() -> BackupLabel.parse(label("yesterday")))
        .hasMessageContaining("START TIME");
    assertThatThrownBy(() -> BackupLabel.parse(label("2026-11-22 12:13:28 XYZZY")))
        .hasMessageContaining("START TIME");
  }

  private static String label(String startTime) {
    return """
    START WAL LOCATION: 0/2000028 (file 000000010000000000000002)
    CHECKPOINT LOCATION: 0/2000060
    BACKUP METHOD: streamed
    BACKUP FROM: primary
    START TIME: %s
    LABEL: pghoard_base_backup
    START TIMELINE: 1
    """
        .formatted(startTime);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = BackupLabelTest.class.getResourceAsStream("/postgres/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
    }
  }
}
