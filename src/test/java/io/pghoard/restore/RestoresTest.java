// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.config.ConfigFile;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.config.UnknownSiteException;
import io.pghoard.restore.RestoreProgress.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoresTest {
  private static final SiteName SITE = new SiteName("main");

  private Path root;
  private Path allowed;
  private Restores restores;

  @BeforeEach
  void createRestores(@TempDir Path directory) throws IOException {
    root = directory;
    allowed = Files.createDirectory(directory.resolve("restores"));
    HandMadeRepository repository = new HandMadeRepository(directory.resolve("repository"));
    restores =
        new Restores(repository.sites(), Clock.systemUTC(), site -> "restore %f %p", () -> 3);
  }

  private RestoreRun start(Path target) throws IOException {
    return restores.start(SITE, Map.of("target_dir", target.toString()));
  }

  @Test
  void start_belowAllowedDirectories() throws IOException {
    RestoreRun first = start(allowed.resolve("a"));
    RestoreRun second = start(allowed.resolve("b"));
    assertThat(restores.get(SITE, first.id())).isSameAs(first);
    assertThat(restores.of(SITE)).containsExactly(first, second);
  }

  @Test
  void start_elsewhere_isRefused() throws IOException {
    assertThatThrownBy(() -> start(root.resolve("a")))
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("restore_directories");
    assertThatThrownBy(() -> start(allowed.resolve("../a")))
        .isInstanceOf(RestoreRefusedException.class);
    Path link = Files.createSymbolicLink(allowed.resolve("link"), root);
    assertThatThrownBy(() -> start(link.resolve("a"))).isInstanceOf(RestoreRefusedException.class);
  }

  @Test
  void start_atASiteThatAllowsNoDirectory_isRefused() throws Exception {
    Path file = root.resolve("pghoard.json");
    String text = Files.readString(file).replaceAll("\\s*\"restore_directories\": .*", "");
    Files.writeString(file, text);
    Restores nowhere =
        new Restores(
            new Sites(ConfigFile.read(file)), Clock.systemUTC(), site -> "restore %f %p", () -> 3);
    assertThatThrownBy(
            () -> nowhere.start(SITE, Map.of("target_dir", allowed.resolve("a").toString())))
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("may write nowhere");
  }

  @Test
  void start_withShellCommand_isRefused() {
    assertThatThrownBy(
            () ->
                restores.start(
                    SITE,
                    Map.of(
                        "target_dir",
                        allowed.resolve("a").toString(),
                        "recovery_end_command",
                        "rm -rf /")))
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("recovery_end_command");
  }

  @Test
  void start_whereAnotherRestoreWrites_isRefused() throws IOException {
    RestoreRun first = start(allowed.resolve("a"));
    assertThatThrownBy(() -> start(allowed.resolve("a")))
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining(first.id());
    first.progress().failed("no space");
    start(allowed.resolve("a"));
  }

  @Test
  void start_ofMoreThanMayRunAtOnce_isRefused() throws IOException {
    RestoreRun first = start(allowed.resolve("a"));
    start(allowed.resolve("b"));
    start(allowed.resolve("c"));
    assertThatThrownBy(() -> start(allowed.resolve("d")))
        .isInstanceOf(TooManyRestoresException.class);
    first.progress().failed("no space");
    start(allowed.resolve("d"));
  }

  @Test
  void cancel_makesTheRestoreFailAsCancelled() throws IOException {
    RestoreRun run = start(allowed.resolve("a"));
    restores.cancel(SITE, run.id());
    assertThat(run.progress().stopped()).isTrue();
    run.progress().failed("the restore was stopped");
    assertThat(run.progress().snapshot().phase()).isEqualTo(Phase.CANCELLED);
  }

  @Test
  void stop_cancelsWhatRuns_andRefusesMore() throws IOException {
    RestoreRun run = start(allowed.resolve("a"));
    restores.stop();
    assertThat(run.progress().stopped()).isTrue();
    assertThatThrownBy(() -> start(allowed.resolve("b")))
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("being stopped");
  }

  @Test
  void get_unknown_isRefused() throws IOException {
    RestoreRun run = start(allowed.resolve("a"));
    assertThatThrownBy(() -> restores.get(SITE, "no")).isInstanceOf(UnknownRestoreException.class);
    assertThatThrownBy(() -> restores.get(new SiteName("other"), run.id()))
        .isInstanceOf(UnknownRestoreException.class);
    assertThatThrownBy(() -> restores.start(new SiteName("other"), Map.of("target_dir", "/srv/a")))
        .isInstanceOf(UnknownSiteException.class);
  }
}
