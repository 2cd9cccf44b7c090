// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.archive.ArchivingSite;
import io.pghoard.postgres.ClusterIdentity;
import io.pghoard.postgres.SystemIdentifier;
import io.pghoard.postgres.WalSegmentSize;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StoredClusterTest {
  private static final SiteKeys KEYS = new SiteKeys("main");
  private static final String FIRST = "000000010000000000000001";
  private static final String SECOND = "000000010000000000000002";
  private static final SystemIdentifier CLUSTER = new SystemIdentifier(ArchivingSite.CLUSTER);
  private static final WalSegmentSize SIZE = new WalSegmentSize(ArchivingSite.SIZE);

  private final MemoryObjectStore store = new MemoryObjectStore();

  private StoredCluster read() throws IOException {
    return StoredCluster.read(store, KEYS);
  }

  private void put(String key, byte[] content, String... metadata) throws IOException {
    Map<String, String> map = new TreeMap<>();
    for (int i = 0; i < metadata.length; i += 2) {
      map.put(metadata[i], metadata[i + 1]);
    }
    store.put(new ObjectKey("main/" + key), map, new ByteArrayInputStream(content));
  }

  private void backup(String name, String start, String... more) throws IOException {
    String[] all = {"start-time", name + "T00:00:00+00:00", "start-wal-segment", start};
    String[] metadata = Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, metadata, all.length, more.length);
    put("basebackup/" + name, new byte[0], metadata);
  }

  private static byte[] ofCluster(String segment, long cluster) {
    byte[] content = ArchivingSite.segment(segment, 1);
    for (int i = 0; i < 8; i++) {
      content[24 + i] = (byte) (cluster >>> (8 * i));
    }
    return content;
  }

  @Test
  void emptyRepository_tellsNothing_andAdmitsEveryCluster() throws IOException {
    assertThat(read()).isEqualTo(StoredCluster.UNKNOWN);
    assertThat(read().admits(new ClusterIdentity(CLUSTER, SIZE))).isTrue();
  }

  @Test
  void newestBaseBackup_tells() throws IOException {
    backup("2026-11-01", FIRST, "system-identifier", "41", "wal-segment-size", "16777216");
    backup("2026-11-02", FIRST, "system-identifier", "42", "wal-segment-size", "1048576");
    assertThat(read())
        .isEqualTo(new StoredCluster(new SystemIdentifier(42), SIZE, "main/basebackup/2026-11-02"));
  }

  // The Python pghoard notes no identifier; the segment's own header has it.
  @Test
  void newestBaseBackupWithoutIdentifier_isOfTheClusterOfItsWal() throws IOException {
    put("xlog/" + FIRST, ofCluster(FIRST, 41));
    put("xlog/" + SECOND, ofCluster(SECOND, 42), "original-file-size", "1048576");
    backup("2026-11-01", SECOND);
    backup("2026-11-02", FIRST);
    assertThat(read())
        .isEqualTo(new StoredCluster(new SystemIdentifier(41), SIZE, "main/xlog/" + FIRST));
  }

  @Test
  void walAlone_tellsByItsMetadata() throws IOException {
    put("xlog/" + FIRST, new byte[0], "system-identifier", "42", "original-file-size", "1048576");
    assertThat(read())
        .isEqualTo(new StoredCluster(new SystemIdentifier(42), SIZE, "main/xlog/" + FIRST));
  }

  // After pg_upgrade the timeline is 1 again, and the positions go on.
  @Test
  void walAlone_tellsByItsNewestPosition() throws IOException {
    put("xlog/000000030000000000000001", ofCluster("000000030000000000000001", 41));
    put("xlog/" + SECOND + ".partial", ofCluster(SECOND, 42));
    assertThat(read().systemIdentifier()).isEqualTo(new SystemIdentifier(42));
  }

  @Test
  void segmentThatCannotBeRead_leavesItToTheOneBefore() throws IOException {
    put("xlog/" + FIRST, ofCluster(FIRST, 42));
    put("xlog/" + SECOND, new byte[100], "compression-algorithm", "lzma");
    put("xlog/000000010000000000000003", new byte[100], "encryption-key-id", "key");
    put("xlog/000000010000000000000004", new byte[0]);
    put("xlog/000000010000000000000004.00000028.backup", new byte[0]);
    assertThat(read().systemIdentifier()).isEqualTo(new SystemIdentifier(42));
  }

  @Test
  void segmentsThatOnlyTellTheirSize_tellThat() throws IOException {
    put("xlog/" + FIRST, new byte[9], "encryption-key-id", "key", "original-file-size", "1048576");
    assertThat(read()).isEqualTo(new StoredCluster(null, SIZE, "main/xlog/" + FIRST));
    assertThat(read().admits(new ClusterIdentity(CLUSTER, WalSegmentSize.DEFAULT))).isFalse();
  }

  @Test
  void claim_countsOnlyWhileNothingElseTells() throws IOException {
    put("cluster/claim", new byte[0], "system-identifier", "41");
    assertThat(read().systemIdentifier()).isEqualTo(new SystemIdentifier(41));
    put("xlog/" + FIRST, ofCluster(FIRST, 42));
    assertThat(read().systemIdentifier()).isEqualTo(new SystemIdentifier(42));
  }

  @Test
  void otherCluster_isRefusedWithTheEditToMake() throws IOException {
    put("xlog/" + FIRST, ofCluster(FIRST, 42));
    StoredCluster stored = read();
    assertThatThrownBy(
            () -> stored.require(new ClusterIdentity(CLUSTER, SIZE), "refused " + SECOND, KEYS))
        .hasMessage(
            "refused 000000010000000000000002: its cluster has the system identifier %s, but what is stored under main/ belongs to cluster 42, according to main/xlog/000000010000000000000001",
            CLUSTER)
        .isInstanceOfSatisfying(
            ForeignClusterException.class,
            e ->
                assertThat(e.remedy())
                    .contains(
                        "\"prefix\": \"main-2\"", "\"prefix\": \"main\" and \"active\": false"));
  }

  @Test
  void otherSegmentSize_isRefusedByItsName() throws IOException {
    put("xlog/" + FIRST, ofCluster(FIRST, CLUSTER.value()));
    StoredCluster stored = read();
    assertThatThrownBy(
            () ->
                stored.require(
                    new ClusterIdentity(CLUSTER, WalSegmentSize.DEFAULT), "refused it", KEYS))
        .hasMessageContaining(
            "has WAL segments of 16777216 bytes, but those stored under main/ have 1048576 bytes")
        .hasMessageContaining("pg_resetwal --wal-segsize");
  }
}
