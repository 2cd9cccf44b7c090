// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationLineTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "work_mem = '8MB', work_mem, 8MB",
        "  WORK_Mem=8MB# why, work_mem, 8MB",
        "port 5432, port, 5432",
        "hba_file'/etc/a', hba_file, /etc/a",
        "log_line_prefix = 'it''s', log_line_prefix, it's",
        "a.b = 'x', a.b, x",
        "include_dir 'conf.d'  # and more, include_dir, conf.d",
        "recovery_target_xid = -1, recovery_target_xid, -1",
        "restore_command = 'a \\\\ \\'b\\' \\101\\x', restore_command, a \\ 'b' Ax",
        "x = '', x, \"\"",
      })
  void line_isReadAsPostgresqlDoes(String text, String name, String value) {
    ConfigurationLine line = ConfigurationLine.parse(text);
    assertThat(line.name()).isEqualTo(name);
    assertThat(line.value()).isEqualTo(value);
    assertThat(line.text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "# work_mem = 1", "port5432", "  \r", "work_mem", "x = 'no end", "=1", "a ="})
  void lineThatSetsNothing_hasNoName(String text) {
    assertThat(ConfigurationLine.parse(text).name()).isNull();
  }

  @Test
  void line_ofWindows_endsBeforeItsCarriageReturn() {
    assertThat(ConfigurationLine.parse("work_mem = 8MB\r").value()).isEqualTo("8MB");
    assertThat(ConfigurationLine.parse("work_mem = '8MB'\t\r").value()).isEqualTo("8MB");
  }

  @Test
  void line_isWrittenAsAlterSystemDoes() {
    String text = ConfigurationLine.of("restore_command", "it's \\n");
    assertThat(text).isEqualTo("restore_command = 'it''s \\\\n'");
    assertThat(ConfigurationLine.parse(text).value()).isEqualTo("it's \\n");
  }

  @Test
  void longValue_isRead() {
    String value = "x'\\".repeat(100_000);
    String text = ConfigurationLine.of("restore_command", value);
    assertThat(ConfigurationLine.parse(text).value()).isEqualTo(value);
  }

  @Test
  void file_isWrittenBackByteByByte() {
    String text = "a = 'caf\u00e9\u0085' # \u00a0\r\n\n";
    assertThat(ConfigurationFile.parse(text).text()).isEqualTo(text);
    assertThat(ConfigurationFile.parse("").text()).isEmpty();
    assertThat(ConfigurationFile.parse("a = 1").text()).isEqualTo("a = 1\n");
    assertThat(ConfigurationFile.parse("\n\n").text()).isEqualTo("\n\n");
  }
}
