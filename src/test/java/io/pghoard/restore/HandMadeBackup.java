// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarWriter;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.StoredObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of a small base backup, made by hand. */
final class HandMadeBackup {
  private HandMadeBackup() {}

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A base backup of the catalogue; null: of the oldest format. */
  static BaseBackup ofFormat(@Nullable String format) {
    Map<String, String> metadata = new HashMap<>();
    metadata.put("start-time", "2026-01-31T17:30:00+00:00");
    metadata.put("start-wal-segment", "000000010000000000000002");
    if (format != null) {
      metadata.put("format", format);
    }
    ObjectKey key = new ObjectKey("main/basebackup/2026-01-31_17-30_0.00000000.pghoard");
    return BaseBackup.of(
        new StoredObject(key, 1000, Instant.parse("2026-01-31T17:31:00Z"), metadata));
  }

  /** One line of a backup_manifest. */
  static String entry(String path, long size, String algorithm, String checksum) {
    return ("{ \"Path\": \"%s\", \"Size\": %d, \"Last-Modified\": \"2026-01-31 17:30:00 GMT\","
            + " \"Checksum-Algorithm\": \"%s\", \"Checksum\": \"%s\" }")
        .formatted(path, size, algorithm, checksum);
  }

  static String entry(String path, byte[] content) {
    return entry(path, content.length, "SHA256", sha256(content));
  }

  /** A backup_manifest as PostgreSQL 15 writes it. */
  static byte[] manifest(String... entries) {
    String head =
        "{ \"PostgreSQL-Backup-Manifest-Version\": 1,\n\"Files\": [\n"
            + String.join(",\n", entries)
            + "\n],\n\"WAL-Ranges\": [\n"
            + "{ \"Timeline\": 1, \"Start-LSN\": \"0/2000028\", \"End-LSN\": \"0/2000100\" }\n],\n";
    return (head + "\"Manifest-Checksum\": \"" + sha256(head.getBytes(UTF_8)) + "\"}\n")
        .getBytes(UTF_8);
  }

  /** A tar archive under construction. */
  static final class Tar {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarWriter writer = new TarWriter(bytes);

    Tar file(String name, byte[] content) throws IOException {
      writer.put(TarEntry.file(name, content.length, 0), new ByteArrayInputStream(content));
      return this;
    }

    Tar file(String name, String content) throws IOException {
      return file(name, content.getBytes(UTF_8));
    }

    Tar put(TarEntry entry) throws IOException {
      writer.put(entry);
      return this;
    }

    ByteArrayInputStream end() throws IOException {
      writer.finish();
      return new ByteArrayInputStream(bytes.toByteArray());
    }
  }
}
