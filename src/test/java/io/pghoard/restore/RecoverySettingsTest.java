// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.config.SiteName;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecoverySettingsTest {
  private static final String COMMAND =
      new RestoreCommand(Path.of("/opt/pghoard/bin/pghoard_postgres_command"), "127.0.0.1", 16000)
          .text(new SiteName("main"));

  private static RecoverySettings settings(int version, Object... words) {
    Map<String, Object> map = new HashMap<>(Map.of("target_dir", "/srv/pg"));
    for (int i = 0; i < words.length; i += 2) {
      map.put((String) words[i], words[i + 1]);
    }
    RestoreRequest request = RestoreParameters.parse(new SiteName("main"), map);
    return new RecoverySettings(version, request.recovery(), COMMAND);
  }

  @Test
  void autoConf_standby_setsEverySetting() {
    RecoverySettings settings = settings(15, "primary_conninfo", "host=a password='it''s'");
    assertThat(settings.signalFile()).isEqualTo("standby.signal");
    assertThat(settings.autoConf("", Set.of()))
        .isEqualTo(
            """
            # Recovery settings, appended by pghoard_restore.
            restore_command = '/opt/pghoard/bin/pghoard_postgres_command --mode restore --port \
            16000 --site main --restart-point %r --output %p --xlog %f'
            recovery_target_timeline = 'latest'
            recovery_target = ''
            recovery_target_lsn = ''
            recovery_target_name = ''
            recovery_target_time = ''
            recovery_target_xid = ''
            recovery_target_inclusive = 'on'
            recovery_target_action = 'pause'
            recovery_end_command = '/bin/sh pghoard_recovery_end.sh'
            recovery_min_apply_delay = '0'
            primary_conninfo = 'host=a password=''it''''s'''
            primary_slot_name = ''
            archive_cleanup_command = ''
            promote_trigger_file = ''
            """);
  }

  @Test
  void autoConf_copy_keepsItsHandsOff_afterTheRecoveryToo() {
    RecoverySettings settings =
        settings(15, "as_copy", true, "copy_port", 5440, "recovery_target_lsn", "0/5000000");
    assertThat(settings.signalFile()).isEqualTo("recovery.signal");
    String text = settings.autoConf("primary_conninfo = 'host=a'\n", Set.of());
    assertThat(text)
        .startsWith(
            """
            archive_mode = 'off'
            port = '5440'
            listen_addresses = 'localhost'
            log_directory = 'log'
            archive_command = ''
            archive_library = ''
            primary_conninfo = ''
            primary_slot_name = ''
            synchronous_standby_names = ''
            max_logical_replication_workers = '0'
            cron.launch_active_jobs = 'off'
            # Recovery settings""")
        .contains("recovery_target_action = 'promote'");
    assertThat(settings.temporaryLines(Set.of()))
        .doesNotContain("primary_conninfo = ''", "primary_slot_name = ''");
    assertThat(settings(14, "as_copy", true).autoConf("", Set.of()))
        .doesNotContain("archive_library")
        .containsPattern("port = '[0-9]+'");
  }

  @Test
  void primarySlot_isTheStandbys() {
    RecoverySettings settings =
        settings(15, "primary_conninfo", "host=a", "primary_slot", "standby1");
    assertThat(settings.autoConf("", Set.of())).contains("primary_slot_name = 'standby1'\n");
    assertThat(settings(11, "primary_conninfo", "host=a", "primary_slot", "b").recoveryConf())
        .contains("primary_slot_name = 'b'\n");
  }

  @Test
  void autoConf_target_comesLast_andArchivingIsOff() {
    RecoverySettings settings =
        settings(
            15,
            "recovery_target_time",
            "2026-01-31 17:30:00+02",
            "recovery_target_inclusive",
            false,
            "recovery_target_action",
            "promote",
            "recovery_end_command",
            "echo a\\b");
    assertThat(settings.signalFile()).isEqualTo("recovery.signal");
    assertThat(settings.autoConf("", Set.of()))
        .startsWith("archive_mode = 'off'\n# Recovery settings")
        .contains(
            """
            recovery_target = ''
            recovery_target_lsn = ''
            recovery_target_name = ''
            recovery_target_xid = ''
            recovery_target_time = '2026-01-31 15:30:00+00'
            recovery_target_inclusive = 'off'
            recovery_target_action = 'promote'
            recovery_end_command = '/bin/sh pghoard_recovery_end.sh; echo a\\\\b'
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "12, true, false",
    "13, true, false",
    "14, true, false",
    "15, true, false",
    "16, false, false",
    "17, false, true",
    "18, false, true"
  })
  void autoConf_hasWhatTheVersionKnows(int version, boolean trigger, boolean slots) {
    String text = settings(version).autoConf("", Set.of());
    assertThat(text.contains("\npromote_trigger_file = ''\n")).isEqualTo(trigger);
    assertThat(text.contains("\nsync_replication_slots = 'off'\n")).isEqualTo(slots);
  }

  @Test
  void autoConf_ofAnEarlierRestore_isReplaced_andTheRestIsKeptAsItWas() {
    String present =
        "RECOVERY_TARGET_TIME='2020-01-01'\n"
            + settings(15, "recovery_target_xid", "7", "archive_mode", "preserve")
                .autoConf("", Set.of());
    String rest =
        "work_mem = '8MB' # caf\u00e9\u0085\r\n# recovery_target_xid = '1'\narchive_mode = on\n";
    RecoverySettings settings = settings(15, "recovery_target_name", "caf\u00e9");
    assertThat(settings.autoConf(rest + present, Set.of()))
        .isEqualTo(rest + settings.autoConf("", Set.of()))
        // In UTF-8, each byte a char.
        .contains("\nrecovery_target_name = 'caf\u00c3\u00a9'\n");
  }

  @Test
  void autoConf_withoutLastLineFeed_getsOne() {
    assertThat(settings(15).autoConf("work_mem = 1", Set.of()))
        .startsWith("work_mem = 1\narchive_mode = 'off'\n# Recovery settings");
  }

  @Test
  void autoConf_targetOfAnotherFile_staysUnsetForGood() {
    RecoverySettings settings = settings(15, "restore_to_primary", true);
    assertThat(settings.autoConf("", Set.of("recovery_target_xid")))
        .startsWith("recovery_target_xid = ''\narchive_mode = 'off'\n#");
    assertThat(settings.temporaryLines(Set.of("recovery_target_xid")))
        .contains("recovery_target_lsn = ''")
        .doesNotContain("archive_mode = 'off'", "recovery_target_xid = ''");
    assertThat(
            settings(15, "recovery_target_xid", "7").temporaryLines(Set.of("recovery_target_xid")))
        .contains("recovery_target_xid = '7'");
  }

  @Test
  void signalFile_toPrimary_isRecovery() {
    RecoverySettings settings = settings(15, "restore_to_primary", true);
    assertThat(settings.signalFile()).isEqualTo("recovery.signal");
    assertThat(settings.autoConf("", Set.of())).contains("archive_mode = 'off'");
  }

  @Test
  void autoConf_archiveModePreserved() {
    RecoverySettings settings =
        settings(15, "restore_to_primary", true, "archive_mode", "preserve");
    assertThat(settings.autoConf("", Set.of())).doesNotContain("archive_mode");
  }

  @Test
  void recoveryConf_beforeVersion12() {
    RecoverySettings settings =
        settings(11, "recovery_target_timeline", "current", "recovery_target_immediate", true);
    assertThat(settings.inRecoveryConf()).isTrue();
    assertThat(settings.recoveryConf())
        .isEqualTo(
            """
            restore_command = '/opt/pghoard/bin/pghoard_postgres_command --mode restore --port \
            16000 --site main --restart-point %r --output %p --xlog %f'
            recovery_target = 'immediate'
            standby_mode = 'off'
            """);
  }

  @Test
  void restoreCommand_quotesWhatIsOdd_andKeepsThePasswordOutOfArguments() {
    RestoreCommand command = new RestoreCommand(Path.of("/opt/it's 100%/run"), "10.0.0.1", 16001);
    assertThat(command.text(new SiteName("main")))
        .isEqualTo(
            "'/opt/it'\\''s 100%%/run' --mode restore"
                + " --host 10.0.0.1 --port 16001 --site main --restart-point %r --output %p --xlog %f");
  }
}
