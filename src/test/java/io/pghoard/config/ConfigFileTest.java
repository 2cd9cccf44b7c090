// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that hold no configuration at all. */
final class ConfigFileTest {
  private final Path directory;
  private final Path file;

  ConfigFileTest(@TempDir Path directory) {
    this.directory = directory;
    this.file = directory.resolve("pghoard.json");
  }

  @Test
  void missingFile_isRefused() {
    assertThat(line(file))
        .isEqualTo(file + ": there is no such file; name the configuration with --config FILE");
  }

  @Test
  void directory_isRefused() {
    assertThat(line(directory)).contains("this is a directory");
  }

  @Test
  void linkToItself_isRefused() throws Exception {
    Files.createSymbolicLink(file, file);

    assertThat(line(file)).contains("cannot be read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n\t ", "\uFEFF"})
  void emptyFile_isRefused(String text) throws Exception {
    assertThat(line(Files.writeString(file, text))).contains("the file is empty");
  }

  @Test
  void fileThatEverybodyMayWrite_isRefused_andOneInADirectoryLikeThat() throws Exception {
    Files.writeString(file, "{\"backup_location\": \"/srv\", \"backup_sites\": {}}");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--rw-"));
    assertThat(line(file)).contains("everybody may write " + file, "chmod go-w");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(line(file)).contains("everybody may write " + directory);
  }

  @Test
  void hugeFile_isRefused() throws Exception {
    Files.write(file, new byte[(8 << 20) + 1]);

    assertThat(line(file)).contains("longer than 8 MiB");
  }

  @ParameterizedTest
  @CsvSource({"{\\n \"é\": 1}, 2, 3", "é, 1, 1"})
  void otherEncoding_isRefusedWithItsPlace(String text, int line, int column) throws Exception {
    Files.write(file, text.replace("\\n", "\n").getBytes(StandardCharsets.ISO_8859_1));

    assertThat(line(file)).contains(file + ":" + line + ":" + column, "not UTF-8");
  }

  @Test
  void byteOrderMark_isPassedOver() throws Exception {
    Files.writeString(file, "\uFEFF{\"backup_location\": \"/b\"}");

    assertThat(ConfigFile.read(file).backupLocation()).isEqualTo(Path.of("/b"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'secret' | : | the file holds a text",
        "[1] | : | the file holds a list",
        "{ | 1:2 | the file ends in the middle",
        "{'a': 'secret | 1:14 | the file ends in the middle",
        "{'a': 1,} | 1:9 | expected a key in double quotes here",
        "{secret: 1} | 1:2 | expected a key in double quotes here",
        "{'a' 'secret'} | 1:6 | expected a colon between",
        "{'a': 1~'secret': 2} | 2:1 | a comma, or the end",
        "{'a': secret} | 1:7 | there is a word without quotes here",
        "{'a': } | 1:7 | expected a value here",
        "{'a': [1,]} | 1:10 | expected a value here",
        "{'a': 012} | 1:8 | a number starts with a zero",
        "{'a': -secret} | 1:8 | this is not a valid JSON number",
        "{'a': .5} | 1:7 | a digit before a decimal point",
        "{'a': 'sec~ret'} | 1: | unescaped control character",
        "{'a': 'C:\\secret'} | 1: | a backslash in a text",
        "{'a': [1}} | 1:9 | a bracket is closed by one of the other kind",
        "// secret~{} | 1:1 | JSON does not allow comments",
        "{ /* secret */ } | 1:3 | JSON does not allow comments",
        "{# secret~} | 1:2 | expected a key in double quotes here",
        "{'a': NaN} | 1:10 | this is not a valid JSON number",
        "{'backup_location': '/b'}} | 1:26 | a bracket is closed",
        "{'backup_location': '/b'} {} | 1:27 | something follows the end",
        "{'backup_location': '/b'} secret | 1:27 | there is a word without quotes here",
      })
  void textThatIsNotJson_isRefusedWithItsPlace(String text, String place, String said)
      throws Exception {
    Files.writeString(file, text.replace('\'', '"').replace('~', '\n'));

    assertThat(line(file)).contains(place, said).doesNotContain("secret", "Token", "com.fasterxml");
  }

  @Test
  void deepNesting_isRefused() throws Exception {
    Files.writeString(file, "[".repeat(100_000));

    assertThat(line(file)).contains("nested too deeply");
  }

  private static String line(Path file) {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> ConfigFile.read(file));
    assertThat(refused.lines()).hasSize(1);
    return refused.lines().get(0);
  }
}
