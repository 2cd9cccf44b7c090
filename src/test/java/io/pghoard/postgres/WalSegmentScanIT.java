// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is read of real WAL, against pg_waldump. */
class WalSegmentScanIT {
  private static final Pattern LINE =
      Pattern.compile(
          "rmgr: (\\w+) .*len \\(rec/tot\\): +\\d+/ *(\\d+), .*lsn: ([0-9A-F/]+), prev"
              + " ([0-9A-F/]+), desc: (.*)");
  private static final Pattern TIME =
      Pattern.compile("(COMMIT|ABORT)(_PREPARED)? (\\d+: )?(\\S+) (\\S+) UTC.*");

  private static final ClusterOptions OPTIONS =
      ClusterOptions.standard()
          .with("wal_keep_size", "1GB")
          .with("max_prepared_transactions", "5")
          .with("checkpoint_timeout", "1h");

  private static WalSegmentSize size(int megabytes) {
    return new WalSegmentSize(megabytes << 20);
  }

  /** A record as pg_waldump tells it. */
  private record Told(String manager, int length, Lsn lsn, Lsn previous, String text) {
    /** The time of a commit or an abort that does not go beyond its segment. */
    @Nullable Instant commit(WalSegmentSize size) {
      Matcher time = TIME.matcher(text);
      long at = lsn.value() % size.bytes();
      long headers = (at % 8192 + length) / 8192 * 24;
      return manager.equals("Transaction")
              && time.matches()
              && at + length + headers <= size.bytes()
          ? Instant.parse(time.group(4) + "T" + time.group(5) + "Z")
          : null;
    }
  }

  /** All that pg_waldump tells, by segment. */
  private static Map<Long, WalRecords> told(PostgresCluster cluster, WalSegmentSize size) {
    WalSegmentName first = WalSegmentName.parse(firstSegment(cluster));
    ProcessBuilder dump =
        cluster.program(
            "pg_waldump",
            List.of("--path=" + cluster.walDirectory(), "--start=" + first.startLsn(size)));
    dump.environment().put("TZ", "UTC");
    Map<Long, WalRecords> told = new TreeMap<>();
    for (String line : PostgresPrograms.run(dump, "", Duration.ofMinutes(2)).lines()) {
      Matcher parts = LINE.matcher(line);
      if (parts.matches()) {
        Told record =
            new Told(
                parts.group(1),
                Integer.parseInt(parts.group(2)),
                Lsn.parse(parts.group(3)),
                Lsn.parse(parts.group(4)),
                parts.group(5));
        told.compute(
            record.lsn().value() / size.bytes(), (number, before) -> add(before, record, size));
      }
    }
    return told;
  }

  private static WalRecords add(@Nullable WalRecords before, Told record, WalSegmentSize size) {
    Instant commit = record.commit(size);
    return before == null
        ? new WalRecords(record.lsn(), record.previous(), null, record.lsn(), commit)
        : new WalRecords(
            before.first(),
            before.previous(),
            null,
            record.lsn(),
            commit == null ? before.lastCommit() : commit);
  }

  private static String firstSegment(PostgresCluster cluster) {
    return cluster.value("SELECT min(name) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'");
  }

  /** What is scanned of the segments up to the last one that is finished. */
  private static Map<Long, WalRecords> scanned(PostgresCluster cluster, WalSegmentSize size)
      throws IOException {
    Map<Long, WalRecords> scanned = new TreeMap<>();
    long end = Lsn.parse(cluster.value("SELECT pg_current_wal_lsn()")).value() / size.bytes();
    for (long number : LongStream.range(1, end).toArray()) {
      String name = WalSegmentName.ofNumber(number, 1, size).toString();
      if (Files.exists(cluster.walDirectory().resolve(name))) {
        byte[] bytes = Files.readAllBytes(cluster.walDirectory().resolve(name));
        WalRecords records = WalSegmentScanTest.scan(bytes, 1 << 16).orElseThrow();
        assertThat(WalSegmentScanTest.scan(bytes, 4093)).contains(records);
        scanned.put(number, records);
      }
    }
    return scanned;
  }

  private static void work(PostgresCluster cluster) {
    cluster.psql(
        """
        CREATE TABLE t AS SELECT n, repeat('x', 100) AS x FROM generate_series(1, 20000) n;
        BEGIN; INSERT INTO t VALUES (1); SAVEPOINT a; INSERT INTO t VALUES (2); COMMIT;
        BEGIN; INSERT INTO t VALUES (3); ROLLBACK;
        SELECT pg_switch_wal();
        BEGIN; INSERT INTO t VALUES (4); PREPARE TRANSACTION 'p'; COMMIT PREPARED 'p';
        SELECT pg_switch_wal();
        BEGIN; INSERT INTO t VALUES (5); PREPARE TRANSACTION 'q'; ROLLBACK PREPARED 'q';
        SELECT pg_logical_emit_message(true, 'long', repeat('y', 3500000));
        INSERT INTO t SELECT * FROM t;
        SELECT pg_switch_wal();
        """);
  }

  private static void assertAsTold(PostgresCluster cluster, WalSegmentSize size)
      throws IOException {
    Map<Long, WalRecords> told = told(cluster, size);
    WalRecords none = new WalRecords(null, null, null, null, null);
    Map<Long, WalRecords> scanned = scanned(cluster, size);
    assertThat(scanned).isNotEmpty();
    scanned.forEach(
        (number, records) ->
            assertThat(records)
                .as("segment %d", number)
                .isEqualTo(told.getOrDefault(number, none)));
  }

  private static void assertContinuous(Map<Long, WalRecords> scanned) {
    Lsn last = null;
    for (WalRecords records : scanned.values()) {
      if (last != null && records.first() != null) {
        assertThat(records.continues()).isEqualTo(last);
      }
      last = records.last() == null ? last : records.last();
    }
  }

  @Test
  void segmentsOfOneMegabyte_areReadAsPgWaldumpDoes() throws IOException {
    WalSegmentSize size = size(1);
    try (PostgresCluster cluster = PostgresCluster.create(OPTIONS.withWalSegmentMegabytes(1))) {
      work(cluster);
      assertAsTold(cluster, size);
      Map<Long, WalRecords> scanned = scanned(cluster, size);
      assertThat(scanned.values()).anySatisfy(each -> assertThat(each.first()).isNull());
      assertContinuous(scanned);

      // A crash in the middle of a record: the segment with its end never came to the disk.
      cluster.psql("SELECT pg_logical_emit_message(true, 'cut', repeat('z', 3500000))");
      String lost = cluster.value("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
      cluster.stopImmediately();
      Files.delete(cluster.walDirectory().resolve(lost));
      cluster.start();
      cluster.psql("INSERT INTO t SELECT * FROM t LIMIT 20000; SELECT pg_switch_wal()");
      cluster.psql("SELECT txid_current(); SELECT pg_switch_wal()");
      Map<Long, WalRecords> after = scanned(cluster, size);
      assertThat(after.values()).filteredOn(each -> Objects.nonNull(each.overwritten())).hasSize(1);
      assertContinuous(after);
    }
  }

  @Test
  void segmentsOf16Megabytes_areReadAsPgWaldumpDoes() throws IOException {
    try (PostgresCluster cluster = PostgresCluster.create(OPTIONS)) {
      work(cluster);
      assertAsTold(cluster, size(16));
      assertContinuous(scanned(cluster, size(16)));
    }
  }
}
