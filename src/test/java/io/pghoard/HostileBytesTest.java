// SPDX-License-Identifier: Apache-2.0
package io.pghoard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.pghoard.codec.Compression;
import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarReader;
import io.pghoard.codec.TarWriter;
import io.pghoard.config.ConfigException;
import io.pghoard.config.ConfigFile;
import io.pghoard.postgres.BackupLabel;
import io.pghoard.postgres.BackupManifest;
import io.pghoard.postgres.ConfigurationLine;
import io.pghoard.postgres.ConnectionInfo;
import io.pghoard.postgres.ControlFile;
import io.pghoard.postgres.TablespaceMap;
import io.pghoard.postgres.TimelineHistory;
import io.pghoard.postgres.WalPageHeader;
import io.pghoard.postgres.WalSegmentScan;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.LeftOut;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.Sidecar;
import io.pghoard.repository.StoredObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every parser of what others have written, with honest bytes that were changed at random, always
 * in the same way: it refuses them as it says that it does, soon, and with little memory.
 */
class HostileBytesTest {
  /** How many of the bytes below are tried: a build has other tests too. */
  private static final int PERCENT = Integer.getInteger("pghoard.hostile.percent", 10);

  private static final long MOST_NANOS = 1_000_000_000L;
  private static final long MOST_BYTES = 192L << 20;
  private static final byte[] NUMBER = "99999999999999999999".getBytes(UTF_8);

  @TempDir static Path home = Path.of("");

  /** Reads bytes, or refuses them. */
  @FunctionalInterface
  private interface Parser {
    void parse(byte[] bytes) throws Exception;
  }

  /**
   * A parser, bytes that it takes, and how it refuses others.
   *
   * @param times how many changed ones it is given
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares two of them.
  private record Target(
      String name, int times, byte[] seed, Class<? extends Exception> refusal, Parser parser) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Target text(String name, String seed, Parser parser) {
    return new Target(name, 10_000, seed.getBytes(UTF_8), IllegalArgumentException.class, parser);
  }

  private static Target stream(String name, int times, byte[] seed, Parser parser) {
    return new Target(name, times, seed, IOException.class, parser);
  }

  static Stream<Target> parsers() throws Exception {
    byte[] plain = "WAL of some kind. ".repeat(300).getBytes(UTF_8);
    byte[] main = mainObject();
    return Stream.of(
        stream("tar", 20_000, main, HostileBytesTest::readTar),
        stream(
            "main object",
            20_000,
            main,
            bytes -> BaseBackupObject.read(BaseBackupObject.open(new ByteArrayInputStream(bytes)))),
        stream(
            "backup_manifest",
            10_000,
            manifest(),
            bytes -> BackupManifest.scan(new ByteArrayInputStream(bytes), file -> {})),
        stream(
            "metadata",
            10_000,
            "{\"_hash\": \"ab\", \"Content-Length\": \"12\", \"start-time\": \"2026-01-01\"}"
                .getBytes(UTF_8),
            bytes -> Sidecar.parse(bytes, "a file")),
        stream("lzma", 1_000, encoded("lzma", plain), bytes -> decode("lzma", 1, bytes)),
        stream("lzma, by two", 1_000, encoded("lzma", plain), bytes -> decode("lzma", 2, bytes)),
        stream("zstd", 3_000, encoded("zstd", plain), bytes -> decode("zstd", 1, bytes)),
        stream("snappy", 10_000, encoded("snappy", plain), bytes -> decode("snappy", 1, bytes)),
        text("base backup's metadata", "2026-01-31T17:30:00+00:00", HostileBytesTest::baseBackup),
        text(
            "history",
            "1\t0/3000000\tno recovery target specified\n\n2\t0/5000000\tbefore 2026-01-01\n",
            bytes -> TimelineHistory.parse(3, new String(bytes, ISO_8859_1))),
        text("backup_label", label(), bytes -> BackupLabel.parse(new String(bytes, ISO_8859_1))),
        text("tablespace_map", "16384 /srv/fast\n16385 /srv/a\\\nb\n", TablespaceMap::parse),
        new Target(
            "WAL page header",
            10_000,
            segment(40),
            IllegalArgumentException.class,
            WalPageHeader::parse),
        new Target(
            "WAL segment",
            2_000,
            segment(32 << 10),
            IllegalArgumentException.class,
            HostileBytesTest::scan),
        new Target(
            "pg_control",
            5_000,
            Files.readAllBytes(Path.of("src/test/resources/pg_control/15.bin")),
            IllegalArgumentException.class,
            bytes -> new ControlFile(bytes).requiredSettings()),
        text(
            "setting",
            "work_mem = '8MB' # \\101\\n",
            bytes -> ConfigurationLine.parse(new String(bytes, ISO_8859_1))),
        text(
            "connection",
            "host=127.0.0.1 dbname=postgres user=pghoard password='a good one'",
            bytes -> ConnectionInfo.parse(new String(bytes, UTF_8))),
        text("object key", "main/xlog/000000010000000000000001", HostileBytesTest::key),
        new Target("pghoard.json", 1_500, config(), ConfigException.class, HostileBytesTest::read));
  }

  @ParameterizedTest
  @MethodSource("parsers")
  void changedBytes_areReadOrRefused(Target target) throws Exception {
    // It takes the honest ones; what it has to load, it loads now.
    target.parser().parse(target.seed());
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Random random = new Random(target.name().hashCode());
    for (int time = 0; time < target.times() * PERCENT / 100; time++) {
      byte[] changed = changed(target.seed(), random);
      long nanos = thread.getCurrentThreadCpuTime();
      long bytes = thread.getCurrentThreadAllocatedBytes();
      try {
        target.parser().parse(changed);
      } catch (Exception | Error e) {
        assertThat(e)
            .as("%s, number %d: %s", target, time, HexFormat.of().formatHex(start(changed)))
            .isInstanceOf(target.refusal());
      }
      assertThat(thread.getCurrentThreadCpuTime() - nanos)
          .as("nanoseconds for %s, number %d", target, time)
          .isLessThan(MOST_NANOS);
      assertThat(thread.getCurrentThreadAllocatedBytes() - bytes)
          .as("bytes for %s, number %d", target, time)
          .isLessThan(MOST_BYTES);
    }
  }

  private static byte[] start(byte[] bytes) {
    return Arrays.copyOf(bytes, Math.min(bytes.length, 1000));
  }

  private static byte[] changed(byte[] seed, Random random) {
    byte[] bytes = seed;
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      int at = random.nextInt(bytes.length + 1);
      int length = Math.min(bytes.length - at, 1 + random.nextInt(16));
      byte[] head = Arrays.copyOf(bytes, at);
      byte[] tail = Arrays.copyOfRange(bytes, at, bytes.length);
      byte[] rest = Arrays.copyOfRange(bytes, at + length, bytes.length);
      byte[] some = new byte[length];
      random.nextBytes(some);
      bytes =
          switch (random.nextInt(8)) {
            case 0 -> head;
            case 1 -> join(head, rest);
            case 2 -> join(head, some, tail);
            case 3 -> join(head, some, rest);
            case 4 -> join(head, NUMBER, rest);
            case 5 -> join(head, new byte[length], rest);
            case 6 -> join(head, tail, tail);
            default -> flipped(bytes, random);
          };
    }
    return bytes;
  }

  private static byte[] flipped(byte[] bytes, Random random) {
    byte[] flipped = bytes.clone();
    if (flipped.length > 0) {
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  private static void readTar(byte[] bytes) throws IOException {
    TarReader tar = new TarReader(new ByteArrayInputStream(bytes));
    while (tar.next() != null) {
      tar.content().transferTo(OutputStream.nullOutputStream());
    }
  }

  private static byte[] encoded(String algorithm, byte[] plain) throws IOException {
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (OutputStream out = Compression.named(algorithm, 0, 1).encode(stored)) {
      out.write(plain);
    }
    return stored.toByteArray();
  }

  private static void decode(String algorithm, int threads, byte[] bytes) throws IOException {
    try (InputStream in =
        Compression.named(algorithm, 0, threads).decode(new ByteArrayInputStream(bytes))) {
      in.transferTo(OutputStream.nullOutputStream());
    }
  }

  private static void baseBackup(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    Map<String, String> metadata =
        Map.of(
            "start-time",
            text,
            "start-wal-segment",
            "000000010000000000000002",
            "left-out",
            "[\"" + text,
            "left-out-count",
            "3");
    LeftOut.of(metadata);
    BaseBackup.of(
        new StoredObject(
            new ObjectKey("main/basebackup/a"),
            1,
            Instant.parse("2026-01-01T00:00:00Z"),
            metadata));
  }

  private static void scan(byte[] bytes) {
    WalSegmentScan scan = new WalSegmentScan();
    scan.add(bytes, 0, bytes.length);
    scan.end();
  }

  private static void key(byte[] bytes) {
    assertThat(new ObjectKey(new String(bytes, UTF_8)).name()).isNotEmpty();
  }

  private static void read(byte[] bytes) throws Exception {
    ConfigFile.read(Files.write(home.resolve("pghoard.json"), bytes));
  }

  private static byte[] config() throws IOException {
    return Files.readAllBytes(Path.of("config/pghoard.json"));
  }

  private static String label() throws IOException {
    return Files.readString(Path.of("src/test/resources/postgres/backup_label-15-primary"));
  }

  private static byte[] segment(int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    for (int page = 0; page < length; page += 8192) {
      bytes.putShort(page, (short) 0xD110).putShort(page + 2, (short) (page == 0 ? 2 : 0));
      bytes.putInt(page + 4, 1).putLong(page + 8, (2L << 20) + page);
    }
    return bytes.putLong(24, 42).putInt(32, 1 << 20).putInt(36, 8192).array();
  }

  private static byte[] manifest() throws Exception {
    String head =
        """
        { "PostgreSQL-Backup-Manifest-Version": 1,
        "Files": [
        { "Path": "base/1/1259", "Size": 8192, "Last-Modified": "2026-01-31 17:30:00 GMT", \
        "Checksum-Algorithm": "CRC32C", "Checksum": "0a0b0c0d" },
        { "Encoded-Path": "fffe", "Size": 0, "Last-Modified": "2026-01-31 17:30:00 GMT" }
        ],
        "WAL-Ranges": [
        { "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000100" }
        ],
        """;
    byte[] sum = MessageDigest.getInstance("SHA-256").digest(head.getBytes(UTF_8));
    return (head + "\"Manifest-Checksum\": \"" + HexFormat.of().formatHex(sum) + "\"}\n")
        .getBytes(UTF_8);
  }

  private static byte[] mainObject() throws IOException {
    String record =
        """
        {"backup_end_time": "2026-11-22T09:55:04.243646+00:00", "backup_end_wal_segment": null,
         "backup_start_time": "2026-11-22T09:55:01Z",
         "backup_start_wal_segment": "000000010000000000000002", "pgdata": "/d", "host": "h",
         "tablespaces": {"fast": {"path": "/srv/fast", "oid": 16384}},
         "chunks": [{"chunk_filename": "a/a.00000001.pghoard", "input_size": 10240,
          "result_size": 700, "files": ["pgdata/PG_VERSION"]}]}
        """;
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    TarWriter writer = new TarWriter(tar);
    for (String name : List.of(BaseBackupObject.RECORD, "pgdata/" + "long/".repeat(40) + "name")) {
      byte[] content = record.getBytes(UTF_8);
      writer.put(TarEntry.file(name, content.length, 0), new ByteArrayInputStream(content));
    }
    writer.put(new TarEntry("a link", TarEntry.Type.SYMLINK, 0, 0777, 0, "/etc"));
    writer.finish();
    return tar.toByteArray();
  }
}
