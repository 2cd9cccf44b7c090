// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.archive.ArchivingSite;
import io.pghoard.postgres.KnownCluster;
import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.postgres.WalSegmentSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the files in pg_receivewal's directory, which the test writes. */
class SiteWalCollectIT {
  private static final String FIRST = "000000010000000000000003";
  private static final String SECOND = "000000010000000000000004";
  private static final String THIRD = "000000010000000000000005";

  @TempDir Path home = Path.of("");
  private Path incoming = Path.of("");

  @BeforeEach
  void makeDirectories() throws IOException {
    incoming = Files.createDirectories(home.resolve("spool/main/xlog_incoming"));
    Path own = Files.createDirectories(home.resolve("spool/main/xlog_receiving"));
    new KnownCluster(
            new SystemIdentifier(ArchivingSite.CLUSTER), 150018, new WalSegmentSize(1 << 20))
        .write(own.resolve("cluster"));
  }

  @Test
  void whatIsFinished_isStored_andAllButTheNewestRemoved() throws Exception {
    write(FIRST, 1);
    write(SECOND, 2);
    Files.write(incoming.resolve(THIRD + ".partial"), new byte[1 << 20]);
    Files.writeString(incoming.resolve("00000002.history"), "1\t0/400000\tno recovery target\n");
    try (ReceivingCluster site = new ReceivingCluster(home, "host=127.0.0.1 port=1")) {
      site.awaitStored(SECOND);
      site.awaitStored("00000002.history");
      await()
          .untilAsserted(
              () ->
                  assertThat(site.received())
                      .containsExactly(SECOND, THIRD + ".partial", "00000002.history"));
      assertThat(site.stored(FIRST)).isTrue();
      assertThat(site.stored(THIRD + ".partial")).isFalse();
    }
  }

  @Test
  void partialSegmentThatATimelineEndedWith_isStored() throws Exception {
    write(FIRST + ".partial", 1);
    write("000000020000000000000003", 2);
    Files.writeString(incoming.resolve("00000002.history"), "1\t0/300000\tno recovery target\n");
    try (ReceivingCluster site = new ReceivingCluster(home, "host=127.0.0.1 port=1")) {
      site.awaitStored(FIRST + ".partial");
      site.awaitStored("000000020000000000000003");
      await()
          .untilAsserted(
              () ->
                  assertThat(site.received())
                      .containsExactly("00000002.history", "000000020000000000000003"));
    }
  }

  @Test
  void fileThatWasStoredBeforeACrash_isKnownAgain_andRemoved() throws Exception {
    write(FIRST, 1);
    try (ReceivingCluster site = new ReceivingCluster(home, "host=127.0.0.1 port=1")) {
      site.awaitStored(FIRST);
      assertThat(site.received()).containsExactly(FIRST);
    }
    write(SECOND, 2);
    try (ReceivingCluster site = new ReceivingCluster(home, "host=127.0.0.1 port=1")) {
      await().untilAsserted(() -> assertThat(site.received()).containsExactly(SECOND));
    }
    assertThat(home.resolve("archive_conflict")).doesNotExist();
  }

  @Test
  void fileThatDiffersFromTheStoredOne_isKeptAside_andTold() throws Exception {
    write(FIRST, 1);
    try (ReceivingCluster site = new ReceivingCluster(home, "host=127.0.0.1 port=1")) {
      site.awaitStored(FIRST);
    }
    write(FIRST, 9);
    write(SECOND, 2);
    try (ReceivingCluster site = new ReceivingCluster(home, "host=127.0.0.1 port=1")) {
      site.awaitStored(SECOND);
      await().until(this::isConflictTold);
      await().untilAsserted(() -> assertThat(site.received()).containsExactly(SECOND));
      assertThat(home.resolve("spool/main/xlog_receiving/refused").resolve(FIRST))
          .hasBinaryContent(ArchivingSite.segment(FIRST, 9));
    }
  }

  @Test
  void segmentOfAnotherCluster_isNotStored() throws Exception {
    byte[] foreign = ArchivingSite.segment(FIRST, 1);
    foreign[24]++;
    Files.write(incoming.resolve(FIRST), foreign);
    write(SECOND, 2);
    try (ReceivingCluster site = new ReceivingCluster(home, "host=127.0.0.1 port=1")) {
      site.awaitStored(SECOND);
      assertThat(site.stored(FIRST)).isFalse();
      assertThat(site.received()).containsExactly(FIRST, SECOND);
    }
  }

  private boolean isConflictTold() throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("archive_conflict"));
    }
  }

  private void write(String name, int filling) throws IOException {
    Files.write(incoming.resolve(name), ArchivingSite.segment(name, filling));
  }
}
