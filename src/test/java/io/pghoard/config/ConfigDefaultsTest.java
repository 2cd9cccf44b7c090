// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.codec.CompressionAlgorithm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The default of every key that has one. */
final class ConfigDefaultsTest {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  @Test
  void top_hasTheDefaultsOf2015And27(@TempDir Path directory) throws Exception {
    PghoardConfig config = ConfigText.valid().read(directory);

    assertThat(config)
        .usingRecursiveComparison()
        .ignoringFields("sites")
        .isEqualTo(
            new PghoardConfig(
                Path.of("/b"),
                "",
                16000,
                List.of(),
                null,
                Path.of("").toAbsolutePath(),
                Path.of("/tmp/pghoard_state.json"),
                Path.of("/tmp/pghoard_maintenance_mode_file"),
                LogConfig.DEFAULT,
                new CompressionConfig(CompressionAlgorithm.LZMA, 0, Math.min(PROCESSORS, 16)),
                "sha1",
                Math.min(PROCESSORS + 3, 20),
                Math.min(PROCESSORS + 1, 20),
                Math.min(PROCESSORS + 3, 20),
                3,
                directory.resolve("routes"),
                Map.of()));
  }

  @Test
  void site_hasTheDefaultsOf2015And27(@TempDir Path directory) throws Exception {
    SiteConfig site = ConfigText.valid().readSite(directory);

    assertThat(site.name()).isEqualTo(new SiteName("main"));
    assertThat(site.prefix()).isEqualTo("main");
    assertThat(site.active()).isTrue();
    assertThat(site.binDirectory()).isNull();
    assertThat(site.baseBackupProgram()).isNull();
    assertThat(site.restoreDirectories()).isEmpty();
    assertThat(site.storage()).isEqualTo(new LocalStorage(Path.of("/b/repository")));
    assertThat(site.baseBackup())
        .isEqualTo(
            new BaseBackupConfig(
                Duration.ofHours(24),
                null,
                null,
                1,
                1,
                null,
                256 << 20,
                5,
                Duration.ofHours(1),
                true));
  }

  @Test
  void sites_areNoneWithoutBackupSites(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("pghoard.json");
    Files.writeString(file, "{\"backup_location\": \"/b\"}");

    assertThat(ConfigFile.read(file).sites()).isEmpty();
  }

  @Test
  void restorePrefetch_isAsManyAsTransfers(@TempDir Path directory) throws Exception {
    PghoardConfig config =
        ConfigText.valid().top("transfer", "{\"thread_count\": 7}").read(directory);

    assertThat(List.of(config.transferThreads(), config.restorePrefetch())).containsOnly(7);
  }

  @Test
  void countMin_isTwoButNotMoreThanCount(@TempDir Path directory) throws Exception {
    SiteConfig many = ConfigText.valid().site("basebackup_count", "5").readSite(directory);
    SiteConfig all = ConfigText.valid().site("basebackup_count", "null").readSite(directory);

    assertThat(many.baseBackup().countMin()).isEqualTo(2);
    assertThat(all.baseBackup().countMin()).isEqualTo(2);
    assertThat(all.baseBackup().count()).isNull();
  }

  @Test
  void inactiveSite_needsNeitherModeNorNodes(@TempDir Path directory) throws Exception {
    SiteConfig site =
        ConfigText.valid()
            .site("active", "false")
            .withoutSite("active_backup_mode")
            .withoutSite("nodes")
            .readSite(directory);

    assertThat(site.nodes()).isEmpty();
  }
}
