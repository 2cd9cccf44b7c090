// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.lease.BaseBackupElsewhereException;
import io.pghoard.lease.PghoardId;
import io.pghoard.lease.SiteLease;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BaseBackupsTest {
  private final TestSite site;

  BaseBackupsTest(@TempDir Path directory) throws IOException {
    site = new TestSite(directory);
    // The store's own clock tells how old its objects are.
    site.at(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  @Test
  void clusterThatCannotBeReached_isToldAndLeavesNothing() {
    assertThatThrownBy(() -> site.backups.begin(TestSite.NAME, "scheduled"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot connect to");
    BaseBackupStatus status = site.backups.status(TestSite.NAME);
    assertThat(status.running()).isNull();
    assertThat(status.failures()).isEqualTo(1);
    assertThat(site.incoming("")).isEmptyDirectory();
  }

  @Test
  void sweep_deletesChunksThatThisHostLeft() throws IOException {
    site.chunk("2026-11-22_09-00_0", 1, TestSite.HOST);
    site.chunk("2026-11-22_09-00_0", 2, TestSite.HOST);
    assertThat(site.backups.sweep(TestSite.NAME)).containsExactly("2026-11-22_09-00_0");
    assertThat(site.chunks()).isEmpty();
  }

  @Test
  void sweep_takesOverFromADaemonThatStandsStill_whichFindsThatOut() throws IOException {
    SiteLease other =
        new SiteLease(
            TestSite.NAME,
            new SiteKeys("main"),
            new PghoardId("elsewhere", "other"),
            Duration.ofMinutes(5),
            () -> 0);
    other.take(site.store, "its base backup");
    site.chunk("2026-11-22_09-00_0", 1, TestSite.HOST);
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    assertThat(site.backups.sweep(TestSite.NAME)).isEmpty();
    site.at(now.plusSeconds(200).toString());
    other.renew(site.store, "its base backup");
    assertThat(site.backups.sweep(TestSite.NAME)).isEmpty();
    site.at(now.plusSeconds(600).toString());
    assertThat(site.backups.sweep(TestSite.NAME)).containsExactly("2026-11-22_09-00_0");
    assertThatThrownBy(() -> other.renew(site.store, "its base backup"))
        .isInstanceOf(BaseBackupElsewhereException.class);
  }

  @Test
  void sweep_leavesTheChunksOfABackupThatExists() throws IOException {
    site.chunk("2026-11-22_09-00_0", 1, TestSite.HOST);
    site.stored("2026-11-22_09-00_0", "2026-11-22T09:00:00Z", "scheduled");
    assertThat(site.backups.sweep(TestSite.NAME)).isEmpty();
    assertThat(site.chunks()).hasSize(1);
  }

  @Test
  void sweep_leavesWhatAnotherHostMayBeTaking_forADay() throws IOException {
    site.chunk("2026-11-22_09-00_0", 1, "elsewhere");
    assertThat(site.backups.sweep(TestSite.NAME)).isEmpty();
    site.at(Instant.now().plus(25, ChronoUnit.HOURS).toString());
    assertThat(site.backups.sweep(TestSite.NAME)).containsExactly("2026-11-22_09-00_0");
  }

  @Test
  void sweep_deletesTheFilesOfABackupThatWasKilled() throws IOException {
    Path tars = Files.createDirectories(site.incoming("2026-11-22_09-00_0").resolve("tars"));
    Files.writeString(tars.resolve("base.tar"), "much");
    site.backups.sweep(TestSite.NAME);
    assertThat(site.incoming("")).isEmptyDirectory();
  }

  @Test
  void name_isThatOfNoOtherBackupAndOfNoChunk() throws IOException {
    BaseBackupNames names = new BaseBackupNames();
    Instant time = Instant.parse("2026-11-22T09:00:59Z");
    site.stored("2026-11-22_09-00_0", "2026-11-22T09:00:00Z", "scheduled");
    site.chunk("2026-11-22_09-00_1", 1, TestSite.HOST);
    var config = site.sites.get(TestSite.NAME);
    assertThat(names.next(config, site.store, time)).isEqualTo("2026-11-22_09-00_2");
    assertThat(names.next(config, site.store, time)).isEqualTo("2026-11-22_09-00_3");
    names.forget(TestSite.NAME, "2026-11-22_09-00_2");
    assertThat(names.next(config, site.store, time)).isEqualTo("2026-11-22_09-00_2");
  }
}
