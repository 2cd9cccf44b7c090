// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.pghoard.postgres.WalFileName;
import io.pghoard.repository.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stored WAL files that decode to far more than a file of their name has. */
class LyingArchiveTest {
  private static final String SEGMENT = "000000010000000000000003";
  private static final int TOO_MUCH = 32 << 20;

  private ArchivingSite site;

  @BeforeEach
  void open(@TempDir Path directory) throws IOException {
    site = new ArchivingSite(directory);
  }

  /** Stores a start that is right, with zeros behind it, without a word on its size. */
  private void lie(String key, byte[] start, String... metadata) throws IOException {
    InputStream lie =
        new SequenceInputStream(
            new ByteArrayInputStream(start), new ByteArrayInputStream(new byte[TOO_MUCH]));
    Map<String, String> told =
        metadata.length == 0
            ? Map.of("compression-algorithm", "lzma")
            : Map.of("compression-algorithm", "lzma", metadata[0], metadata[1]);
    store(key, told, ArchivingSite.compressed(lie));
  }

  private void store(String key, Map<String, String> metadata, byte[] stored) throws IOException {
    site.store.put(new ObjectKey(key), metadata, new ByteArrayInputStream(stored));
  }

  private void refused(String name, String message) throws IOException {
    assertThatIOException().isThrownBy(() -> site.fetch(name)).withMessageContaining(message);
    try (Stream<Path> files = Files.list(site.spool.resolve("main/prefetch"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void segmentLongerThanItsHeaderSays_isRefusedThere() throws IOException {
    lie("main/xlog/" + SEGMENT, ArchivingSite.segment(SEGMENT, 3));
    refused(SEGMENT, "it has more bytes than it should");
  }

  @Test
  void segmentLongerThanItsMetadataSays_isRefusedThere() throws IOException {
    byte[] header = ArchivingSite.segment(SEGMENT, 3, 1 << 30, 8192);
    lie("main/xlog/" + SEGMENT, header, "original-file-size", "8192");
    refused(SEGMENT, "it has more bytes than it should");
  }

  @Test
  void segmentWithoutAHeader_isRefusedAtItsStart() throws IOException {
    lie("main/xlog/" + SEGMENT, new byte[40]);
    refused(SEGMENT, "is damaged: not a WAL segment");
  }

  @Test
  void historyOfMegabytes_isRefused() throws IOException {
    lie("main/timeline/00000002.history", "1\t0/3000000\tpromoted\n".getBytes(UTF_8));
    refused("00000002.history", "it has more bytes than it should");
  }

  @Test
  void segmentFetchedAhead_isNoLargerThanTheOneBeforeIt() throws IOException {
    for (int number = 3; number <= 4; number++) {
      String name = "0000000100000000%08X".formatted(number);
      int size = number == 3 ? ArchivingSite.SIZE : 16 << 20;
      byte[] segment = ArchivingSite.segment(name, number, size, size);
      store("main/xlog/" + name, Map.of(), segment);
    }
    WalRequest asked = site.fetch.open(ArchivingSite.NAME, WalFileName.parse(SEGMENT), null);
    site.fetch.receive(asked, site.store.get(asked.key()));
    assertThat(site.fetch.ahead(asked)).isNotEmpty();
    WalRequest ahead = site.fetch.openAhead(ArchivingSite.NAME, site.fetch.ahead(asked).get(0));
    assertThatIOException()
        .isThrownBy(() -> site.fetch.receive(ahead, site.store.get(ahead.key())))
        .withMessageContaining("larger than the segments before it");
    site.fetch.closeAhead(ahead);
  }

  @Test
  void storedObjectLongerThanTheFile_isAnotherFile_andIsNotReadToItsEnd() throws IOException {
    lie("main/xlog/" + SEGMENT, ArchivingSite.segment(SEGMENT, 3));
    site.write(SEGMENT, ArchivingSite.segment(SEGMENT, 3));
    assertThatIOException()
        .isThrownBy(() -> site.archive(SEGMENT))
        .isInstanceOf(WalConflictException.class)
        .withMessageContaining("that of a longer file");
  }

  @Test
  void partialSegmentWhoseNameIsTakenByALongerObject_isKeptUnderAnotherName() throws IOException {
    String partial = SEGMENT + ".partial";
    lie("main/xlog/" + partial, ArchivingSite.segment(partial, 3));
    site.write(partial, ArchivingSite.segment(partial, 3));
    assertThat(site.archive(partial)).isTrue();
    assertThat(site.store.keys("main/xlog_other/")).hasSize(1);
  }
}
