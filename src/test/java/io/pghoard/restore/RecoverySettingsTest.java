// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.config.Credentials;
import io.pghoard.config.SiteName;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecoverySettingsTest {
  private static final String COMMAND =
      new RestoreCommand(
              Path.of("/opt/pghoard/bin/pghoard_postgres_command"), "127.0.0.1", 16000, null)
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
  void autoConf_standby() {
    RecoverySettings settings = settings(15, "primary_conninfo", "host=a password='it''s'");
    assertThat(settings.signalFile()).isEqualTo("standby.signal");
    assertThat(settings.autoConf(""))
        .isEqualTo(
            """
            # Recovery settings, appended by pghoard_restore.
            restore_command = '/opt/pghoard/bin/pghoard_postgres_command --mode restore --port \
            16000 --site main --restart-point %r --output %p --xlog %f'
            recovery_target_timeline = 'latest'
            primary_conninfo = 'host=a password=''it''''s'''
            """);
  }

  @Test
  void autoConf_target_recoversWithArchivingOff() {
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
    assertThat(settings.autoConf(""))
        .endsWith(
            """
            recovery_target_timeline = 'latest'
            recovery_target_time = '2026-01-31 15:30:00+00'
            recovery_target_inclusive = 'off'
            recovery_target_action = 'promote'
            recovery_end_command = 'echo a\\\\b'
            archive_mode = 'off'
            """);
  }

  @Test
  void autoConf_targetOfAnEarlierRestore_isReset() {
    String present =
        """
        work_mem = '8MB'
        recovery_target_time = '2020-01-01 00:00:00+00'
        recovery_target_action = 'shutdown'
        recovery_target_xid = ''
        """;
    assertThat(settings(15, "recovery_target_name", "a").autoConf(present))
        .startsWith(
            """
            # Recovery settings, appended by pghoard_restore.
            recovery_target_time = ''
            recovery_target_action = 'pause'
            restore_command =\
            """)
        .doesNotContain("recovery_target_xid", "work_mem");
  }

  @Test
  void signalFile_toPrimary_isRecovery() {
    RecoverySettings settings = settings(15, "restore_to_primary", true);
    assertThat(settings.signalFile()).isEqualTo("recovery.signal");
    assertThat(settings.autoConf("")).contains("archive_mode = 'off'");
  }

  @Test
  void autoConf_archiveModePreserved() {
    RecoverySettings settings =
        settings(15, "restore_to_primary", true, "archive_mode", "preserve");
    assertThat(settings.autoConf("")).doesNotContain("archive_mode");
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
    RestoreCommand command =
        new RestoreCommand(
            Path.of("/opt/it's 100%/run"), "10.0.0.1", 16001, new Credentials("me", "a b"));
    assertThat(command.text(new SiteName("main")))
        .isEqualTo(
            "PGHOARD_USERNAME=me PGHOARD_PASSWORD='a b' '/opt/it'\\''s 100%%/run' --mode restore"
                + " --host 10.0.0.1 --port 16001 --site main --restart-point %r --output %p --xlog %f");
    assertThat(command.toString()).doesNotContain("a b");
  }
}
