// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher in bin makes of its environment: the command line that java gets. */
class LauncherTest {
  private Path home;

  @BeforeEach
  void make(@TempDir Path directory) throws IOException {
    home = directory;
    Files.createFile(home.resolve("pghoard.jar"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
    Path java = Files.createDirectory(home.resolve("bin")).resolve("java");
    Files.writeString(
        java,
        "#!/bin/sh\nprintf '%s\\n' \"locale $LC_ALL\" \"$(grep SigIgn /proc/self/status)\" \"$@\"\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
  }

  private List<String> run(Map<String, String> environment) throws Exception {
    ProcessBuilder launcher = new ProcessBuilder("bin/pghoard", "--config", "a file");
    launcher.environment().keySet().removeIf(name -> name.startsWith("PGHOARD_"));
    launcher.environment().put("JAVA_HOME", home.toString());
    launcher.environment().put("PGHOARD_HOME", home.toString());
    launcher.environment().putAll(environment);
    Process process = launcher.redirectErrorStream(true).start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    process.waitFor();
    return lines;
  }

  @Test
  void withoutPlugins_theJarIsRun() throws Exception {
    assertThat(run(Map.of())).endsWith("-jar", home + "/pghoard.jar", "--config", "a file");
  }

  @Test
  void startUpArchive_isUsedWhereThereIsOne() throws Exception {
    String option = "-XX:SharedArchiveFile=" + home + "/pghoard.jsa";

    assertThat(run(Map.of())).doesNotContain(option);
    Files.createFile(home.resolve("pghoard.jsa"));
    assertThat(run(Map.of())).contains(option);
  }

  /** Java does not hear a signal that was ignored when it was started: SIGHUP reads anew. */
  @Test
  void hangup_isIgnoredOnlyWhereItWasBefore() throws Exception {
    assertThat(ignoresHangup(run(Map.of())))
        .isEqualTo(ignoresHangup(Files.readAllLines(Path.of("/proc/self/status"))));
  }

  private static boolean ignoresHangup(List<String> status) {
    String mask =
        status.stream().filter(line -> line.startsWith("SigIgn:")).findFirst().orElseThrow();
    return (Long.parseUnsignedLong(mask.substring("SigIgn:".length()).strip(), 16) & 1) != 0;
  }

  @Test
  void localeOfAnotherCharacterSet_givesWayToUtf8() throws Exception {
    assertThat(run(Map.of("LC_ALL", "", "LC_CTYPE", "", "LANG", ""))).contains("locale C.UTF-8");
    assertThat(run(Map.of("LC_ALL", "C"))).contains("locale C.UTF-8");
    assertThat(run(Map.of("LC_ALL", "de_DE.UTF-8"))).contains("locale de_DE.UTF-8");
  }

  @Test
  void pluginsBesideTheJar_areOnTheClassPath() throws Exception {
    Files.createDirectory(home.resolve("plugins"));

    assertThat(run(Map.of()))
        .endsWith(
            "-cp",
            "%1$s/pghoard.jar:%1$s/plugins/*".formatted(home),
            "io.pghoard.Pghoard",
            "--config",
            "a file");
  }

  @Test
  void pluginsElsewhere_areNamedByTheEnvironment(@TempDir Path plugins) throws Exception {
    assertThat(run(Map.of("PGHOARD_PLUGINS", plugins.toString())))
        .contains("%s/pghoard.jar:%s/*".formatted(home, plugins));
    assertThat(run(Map.of("PGHOARD_PLUGINS", plugins + "/none")))
        .singleElement()
        .asString()
        .contains("PGHOARD_PLUGINS is", "not a directory");
  }

  @Test
  void pluginsThatEverybodyMayWrite_areRefused(@TempDir Path plugins) throws Exception {
    Path jar = Files.createFile(plugins.resolve("evil.jar"));
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--rw-"));
    assertThat(run(Map.of("PGHOARD_PLUGINS", plugins.toString())))
        .singleElement()
        .asString()
        .contains("everybody may write " + jar);
    Files.delete(jar);
    Files.setPosixFilePermissions(plugins, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(run(Map.of("PGHOARD_PLUGINS", plugins.toString())))
        .singleElement()
        .asString()
        .contains("everybody may write " + plugins);
  }
}
