// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The texts of the packages against each other, and against what they tell of. */
class PackageTest {
  private static final Pattern MAN_NAMES = Pattern.compile("[.]SH NAME\n(.*?) \\\\- ");

  private static String read(String file) throws IOException {
    return Files.readString(Path.of(file));
  }

  private static Set<String> found(String pattern, String file) throws IOException {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(read(file))
        .results()
        .map(result -> result.group(1))
        .collect(toCollection(TreeSet::new));
  }

  private static Set<String> commands() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("bin"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("pghoard"))
          .collect(toCollection(TreeSet::new));
    }
  }

  @Test
  void version_isTheSameEverywhere() throws IOException {
    String version = found("^  <version>(.*)</version>", "pom.xml").iterator().next();

    assertThat(found("^pghoard \\((.*)\\)", "debian/changelog")).containsExactly(version);
    assertThat(found("^version=(.*)", "bin/pghoard_postgres_command")).containsExactly(version);
    assertThat(found("[.]/pghoard_([0-9.]*)_all[.]deb", "README.md")).containsExactly(version);
    try (Stream<Path> pages = Files.list(Path.of("docs/man"))) {
      for (Path page : pages.toList()) {
        assertThat(found("^[.]TH .*\"pghoard ([^\"]*)\"", page.toString()))
            .containsExactly(version);
      }
    }
  }

  @Test
  void commands_areInEveryPackage() throws IOException {
    assertThat(found("^COMMANDS := (.*)", "Makefile"))
        .singleElement()
        .asString()
        .satisfies(
            names -> assertThat(names.split(" ")).containsExactlyInAnyOrderElementsOf(commands()));
  }

  @Test
  void commands_haveManPages() throws IOException {
    Set<String> described = new TreeSet<>();
    try (Stream<Path> pages = Files.list(Path.of("docs/man"))) {
      for (Path page : pages.toList()) {
        Matcher names = MAN_NAMES.matcher(Files.readString(page));
        assertThat(names.find()).as("the names of %s", page).isTrue();
        described.addAll(List.of(names.group(1).split(", ", -1)));
      }
    }
    assertThat(described).containsExactlyElementsOf(commands());
  }

  @Test
  void options_areInTheManPages() throws IOException {
    told(new CommandLine(new DaemonCommand()), read("docs/man/pghoard.1"));
    told(new CommandLine(new RestoreTool()), read("docs/man/pghoard_restore.1"));
  }

  private static void told(CommandLine command, String page) {
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.hidden() && !option.usageHelp() && !option.versionHelp()) {
        assertThat(page.replace("\\-", "-"))
            .as(command.getCommandName())
            .contains(option.longestName());
      }
    }
    command.getSubcommands().values().stream()
        .filter(sub -> !sub.getCommandSpec().usageMessage().hidden())
        .forEach(sub -> told(sub, page));
  }

  /** The commands in shell, whose completions are written by hand. */
  @ParameterizedTest
  @CsvSource({
    "packaging/completions/pghoard_postgres_command",
    "packaging/completions/_pghoard_postgres_command"
  })
  void optionsOfTheShellCommands_areCompleted(String completion) throws IOException {
    Set<String> options = new TreeSet<>();
    for (String names :
        found("^  ((?:-[a-z] \\| )?--[a-z_| -]*)\\) .*=\\$value", "bin/pghoard_postgres_command")) {
      Pattern.compile("--[a-z_-]+")
          .matcher(names)
          .results()
          .map(MatchResult::group)
          .forEach(options::add);
    }
    assertThat(options).hasSizeGreaterThan(10);

    assertThat(read(completion)).contains(options);
  }

  @Test
  void shippedConfiguration_isReadAndKeepsToTheDirectoriesOfThePackage() throws Exception {
    Path shipped = Path.of("packaging/pghoard.json");

    assertThat(ConfigFile.read(shipped).sites()).hasSize(1);
    assertThat(found("\"(/[^\"]*)\"", shipped.toString()))
        .isNotEmpty()
        .allMatch(path -> (path + "/").startsWith("/var/lib/pghoard/"));
    assertThat(found("^StateDirectory=(.*)", "packaging/pghoard.service"))
        .containsExactly("pghoard pghoard/spool pghoard/alerts pghoard/restores");
  }

  /** With RemoveIPC, stopping pghoard as postgres would remove the shared memory of PostgreSQL. */
  @Test
  void unit_leavesThePostgresqlOfItsUserAlone() throws IOException {
    assertThat(found("^RemoveIPC=(.*)", "packaging/pghoard.service")).isEmpty();
    assertThat(found("^User=(.*)", "packaging/as-postgres.conf")).containsExactly("postgres");
  }
}
