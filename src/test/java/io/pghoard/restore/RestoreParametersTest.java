// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.config.SiteName;
import io.pghoard.postgres.ConfigurationLine;
import io.pghoard.postgres.Lsn;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestoreParametersTest {
  private static final SiteName SITE = new SiteName("main");

  private static RestoreRequest parse(Object... words) {
    return RestoreParameters.parse(SITE, words(words));
  }

  private static Map<String, Object> words(Object... words) {
    Map<String, Object> map = new HashMap<>(Map.of("target_dir", "/srv/pg"));
    for (int i = 0; i < words.length; i += 2) {
      map.put((String) words[i], words[i + 1]);
    }
    return map;
  }

  @Test
  void controlCharacters_areRefusedInEveryWord() {
    for (String word :
        List.of(
            "recovery_target_name",
            "recovery_end_command",
            "primary_conninfo",
            "recovery_target_timeline",
            "tablespace_base_dir",
            "basebackup")) {
      for (String text : List.of("a\nfsync = off", "a\rb", "a\0b", "\u0085")) {
        assertThatThrownBy(() -> parse(word, text)).isInstanceOf(IllegalArgumentException.class);
      }
    }
    assertThatThrownBy(() -> parse("tablespace_dir", Map.of("fast", "/a\nb")))
        .hasMessageContaining("control characters");
    assertThatThrownBy(() -> ConfigurationLine.of("work_mem", "1\nfsync = off"))
        .hasMessageContaining("control character");
  }

  @Test
  void parse_onlyTargetDirectory_isLatestAsStandby() {
    RestoreRequest request = parse();
    assertThat(request.backup()).isEqualTo("latest");
    assertThat(request.targetDirectory()).isEqualTo(Path.of("/srv/pg"));
    assertThat(request.overwrite()).isFalse();
    assertThat(request.recovery().target()).isEqualTo(new RecoveryTarget.Latest());
    assertThat(request.recovery().timeline()).isEqualTo("latest");
    assertThat(request.recovery().standby()).isTrue();
  }

  @Test
  void parse_everyTarget() {
    assertThat(parse("recovery_target_time", "2026-01-31T17:30:00Z").recovery().target())
        .isEqualTo(new RecoveryTarget.Time(Instant.parse("2026-01-31T17:30:00Z")));
    assertThat(parse("recovery_target_name", "before upgrade").recovery().target())
        .isEqualTo(new RecoveryTarget.Name("before upgrade"));
    assertThat(parse("recovery_target_xid", 4711).recovery().target())
        .isEqualTo(new RecoveryTarget.Transaction(4711));
    assertThat(parse("recovery_target_lsn", "16/3002D50").recovery().target())
        .isEqualTo(new RecoveryTarget.AtLsn(Lsn.parse("16/3002D50")));
    assertThat(parse("recovery_target_immediate", true).recovery().target())
        .isEqualTo(new RecoveryTarget.Immediate());
  }

  @Test
  void targetThatOnlyTheWalCanDate_isRestoredFromTheNewestBackup_whichIsSaid() {
    for (RestoreRequest request :
        List.of(parse("recovery_target_name", "a"), parse("recovery_target_xid", 4711))) {
      assertThat(request.notes()).anyMatch(note -> note.contains("restore an earlier base backup"));
    }
    assertThat(parse("recovery_target_name", "a", "basebackup", "2026-01-01_00-00_0").notes())
        .noneMatch(note -> note.contains("restore an earlier base backup"));
    assertThat(parse("recovery_target_lsn", "16/3002D50").notes())
        .noneMatch(note -> note.contains("restore an earlier base backup"));
  }

  @Test
  void parse_tablespaces() {
    RestoreRequest request =
        parse("tablespace_dir", Map.of("fast", "/ssd/fast"), "tablespace_base_dir", "/srv/ts");
    assertThat(request.tablespaces())
        .isEqualTo(
            new TablespaceMapping(Map.of("fast", Path.of("/ssd/fast")), Path.of("/srv/ts"), false));
    assertThat(parse("tablespace_dir", Map.of()).tablespaces()).isEqualTo(TablespaceMapping.NONE);
  }

  @Test
  void parse_refusesTwoTargets() {
    assertThatThrownBy(() -> parse("recovery_target_name", "a", "recovery_target_xid", "4711"))
        .hasMessageContaining("only one recovery target");
  }

  @Test
  void parse_refusesContradictions() {
    assertThatThrownBy(() -> parse("recovery_target_action", "promote"))
        .hasMessageContaining("needs a recovery target");
    assertThatThrownBy(() -> parse("recovery_target_inclusive", false))
        .hasMessageContaining("inclusive");
    assertThatThrownBy(() -> parse("recovery_target_name", "a", "recovery_target_inclusive", false))
        .hasMessageContaining("inclusive");
    assertThatThrownBy(() -> parse("restore_to_primary", true, "primary_conninfo", "host=a"))
        .hasMessageContaining("follows no other");
    assertThatThrownBy(() -> parse("as_copy", true, "primary_conninfo", "host=a"))
        .hasMessageContaining("leave out the primary conninfo");
    assertThatThrownBy(() -> parse("as_copy", true, "archive_mode", "preserve"))
        .hasMessageContaining("archives nothing");
    assertThatThrownBy(() -> parse("as_copy", true, "copy_port", 65_536))
        .hasMessageContaining("1 to 65535");
    assertThatThrownBy(() -> parse("as_copy", true, "copy_port", "5000000000"))
        .hasMessageContaining("1 to 65535");
    assertThatThrownBy(() -> parse("copy_port", 5440)).hasMessageContaining("go with as_copy");
    assertThatThrownBy(() -> parse("primary_slot", "a")).hasMessageContaining("primary conninfo");
    assertThatThrownBy(() -> parse("primary_slot", "A-b", "primary_conninfo", "host=a"))
        .hasMessageContaining("replication slot");
  }

  @ParameterizedTest
  @CsvSource({
    "target_dir, relative/dir, absolute",
    "target_dir, /, must not be",
    "target_dir, '', missing",
    "tablespace_base_dir, relative, absolute",
    "tablespace_dir, fast=/ssd, map",
    "overwrite, yes, true or false",
    "recovery_target_time, 2026-01-31 17:30:00, offset",
    "recovery_target_xid, abc, whole number",
    "recovery_target_xid, 2, at least 3",
    "recovery_target_lsn, 16, LSN",
    "recovery_target_name, '', restore point",
    "recovery_target_timeline, newest, latest",
    "recovery_target_action, stop, promote",
    "archive_mode, always, preserve",
    "as_copy, yes, true or false",
    "primary_conninfo, 'host=a\nport=1', control characters",
    "target_directory, /srv/pg, target_dir",
  })
  void parse_refuses(String word, String value, String message) {
    assertThatThrownBy(() -> parse(word, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
