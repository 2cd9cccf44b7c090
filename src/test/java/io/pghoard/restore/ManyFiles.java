// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarWriter;
import io.pghoard.config.SiteName;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.SiteKeys;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Plans the restore of a base backup of many small files, made by hand, in a process of its own,
 * whose heap is what is tested: {@code ManyFiles DIRECTORY FILES}. With a third argument it
 * restores it too, which takes a while, as every file is synced.
 */
public final class ManyFiles {
  private static final byte[] CONTENT = "one row".getBytes(UTF_8);
  private static final int PER_DIRECTORY = 1000;

  private final Path root;
  private final int files;

  private ManyFiles(Path root, int files) {
    this.root = root;
    this.files = files;
  }

  public static void main(String[] arguments) throws Exception {
    ManyFiles many = new ManyFiles(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    long start = System.nanoTime();
    MainObject main = many.plan();
    if (arguments.length > 2) {
      many.restore(main);
    }
    System.out.printf(
        "%d files in %d s%n", main.checks().count(), (System.nanoTime() - start) / 1_000_000_000);
  }

  private static String path(int number) {
    return "base/" + (16384 + number / PER_DIRECTORY) + "/" + (30000 + number % PER_DIRECTORY);
  }

  private Path manifest() throws IOException {
    Path file = root.resolve("manifest");
    String checksum = HandMadeBackup.sha256(CONTENT);
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      OutputStream hashed = new DigestOutputStream(out, digest);
      hashed.write("{ \"PostgreSQL-Backup-Manifest-Version\": 1,\n\"Files\": [\n".getBytes(UTF_8));
      IntFunction<String> line =
          number -> HandMadeBackup.entry(path(number), CONTENT.length, "SHA256", checksum) + ",\n";
      for (int number = 0; number < files; number++) {
        hashed.write(line.apply(number).getBytes(UTF_8));
      }
      hashed.write(
          (HandMadeBackup.entry("backup_label", "label".getBytes(UTF_8))
                  + ",\n"
                  + HandMadeBackup.entry("PG_VERSION", "15\n".getBytes(UTF_8))
                  + ",\n"
                  + HandMadeBackup.entry("global/pg_control", new byte[8192])
                  + "\n],\n\"WAL-Ranges\": [\n{ \"Timeline\": 1, \"Start-LSN\": \"0/2000028\","
                  + " \"End-LSN\": \"0/2000100\" }\n],\n")
              .getBytes(UTF_8));
      String sum = HexFormat.of().formatHex(digest.digest());
      out.write(("\"Manifest-Checksum\": \"" + sum + "\"}\n").getBytes(UTF_8));
    }
    return file;
  }

  /** With the names of all files, as main objects have them. */
  private Path mainObject() throws IOException {
    Path file = root.resolve("main");
    Path names = root.resolve("names");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(names))) {
      String head =
          """
          {"backup_start_time": "2026-01-31T17:30:00Z", "backup_end_time": "2026-01-31T17:31:00Z",
           "backup_start_wal_segment": "000000010000000000000002", "pgdata": "/pg",
           "backup_end_wal_segment": "000000010000000000000002", "tablespaces": {},
           "chunks": [{"chunk_filename": "%s", "input_size": 1, "result_size": 1, "files": ["a\""""
              .formatted(SiteKeys.chunkFileName("b", 1));
      out.write(head.getBytes(UTF_8));
      for (int number = 0; number < files; number++) {
        out.write((",\"pgdata/" + path(number) + "\"").getBytes(UTF_8));
      }
      out.write("]}]}".getBytes(UTF_8));
    }
    Path manifest = manifest();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
        InputStream record = Files.newInputStream(names);
        InputStream list = Files.newInputStream(manifest)) {
      TarWriter tar = new TarWriter(out);
      tar.put(TarEntry.file(BaseBackupObject.RECORD, Files.size(names), 0), record);
      tar.put(TarEntry.file(BaseBackupObject.PG_CONTROL, 8192, 0), stream(new byte[8192]));
      tar.put(TarEntry.file("pgdata/backup_label", 5, 0), stream("label".getBytes(UTF_8)));
      tar.put(TarEntry.file("pgdata/PG_VERSION", 3, 0), stream("15\n".getBytes(UTF_8)));
      tar.put(TarEntry.file(BaseBackupObject.BACKUP_MANIFEST, Files.size(manifest), 0), list);
      tar.finish();
    }
    return file;
  }

  private Path chunk() throws IOException {
    Path file = root.resolve("chunk");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      TarWriter tar = new TarWriter(out);
      for (int number = 0; number < files; number++) {
        tar.put(TarEntry.file("pgdata/" + path(number), CONTENT.length, 0), stream(CONTENT));
      }
      tar.finish();
    }
    return file;
  }

  private MainObject plan() throws IOException {
    try (InputStream in = Files.newInputStream(mainObject())) {
      return MainObject.read(in);
    }
  }

  private void restore(MainObject main) throws IOException {
    Path chunk = chunk();
    RestorePlan plan =
        new RestorePlan(
            RestoreParameters.parse(
                new SiteName("main"), Map.of("target_dir", root.resolve("data").toString())),
            HandMadeBackup.ofFormat(BaseBackupObject.FORMAT),
            List.of(),
            List.of(),
            main.checks(),
            "restore %f %p");
    if (plan.plainBytes() != (long) files * CONTENT.length + 8192 + 3 + 5) {
      throw new IOException("the restore expects " + plan.plainBytes() + " bytes");
    }
    try (RestoreWriter writer = new RestoreWriter(plan, new RestoreProgress(Clock.systemUTC()));
        InputStream first = Files.newInputStream(root.resolve("main"));
        InputStream second = Files.newInputStream(chunk)) {
      writer.begin();
      writer.writeMainObject(first);
      writer.writeChunk(second);
      writer.finish();
    }
  }

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }
}
