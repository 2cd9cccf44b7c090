// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.pghoard.codec.FileNameBytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads PostgreSQL's {@code backup_manifest}, which lists every file of a base backup with its size
 * and checksum, and the WAL that the backup needs. It may list a million files, so they are told
 * one by one.
 *
 * <p>Source: <a href="https://www.postgresql.org/docs/15/backup-manifest-format.html">Backup
 * Manifest Format</a>; versions 1 (PostgreSQL 13 to 16) and 2 (17 and later).
 */
public final class BackupManifest {
  private static final JsonFactory JSON = new JsonFactory();

  private static final Set<String> FIELDS =
      Set.of(
          "Path",
          "Encoded-Path",
          "Size",
          "Checksum-Algorithm",
          "Checksum",
          "Timeline",
          "Start-LSN",
          "End-LSN");

  /** Twice the longest path of Linux, in hexadecimal digits. */
  private static final int LONGEST_TEXT = 4 * 4096;

  /** One for each timeline that a backup has seen. */
  private static final int MOST_RANGES = 1000;

  private final JsonParser parser;
  private final Consumer<FileEntry> each;
  private final List<WalRange> ranges = new ArrayList<>();
  private int version;
  private @Nullable SystemIdentifier systemIdentifier;
  private @Nullable String checksum;

  /**
   * One file of the backup.
   *
   * @param path relative to the data directory, as {@link FileNameBytes} has it
   * @param size in bytes
   * @param checksumAlgorithm SHA256, CRC32C, ...; null when the backup was taken without
   * @param checksum in lower-case hexadecimal digits; null as its algorithm is
   */
  public record FileEntry(
      String path, long size, @Nullable String checksumAlgorithm, @Nullable String checksum) {}

  /** WAL of one timeline that is needed to make the backup consistent. */
  public record WalRange(int timeline, Lsn start, Lsn end) {}

  /**
   * What the manifest says of the backup as a whole.
   *
   * @param walRanges at least one
   * @param systemIdentifier null before PostgreSQL 17
   */
  public record Summary(List<WalRange> walRanges, @Nullable SystemIdentifier systemIdentifier) {
    public Summary {
      walRanges = List.copyOf(walRanges);
      if (walRanges.isEmpty()) {
        throw new IllegalArgumentException("the backup_manifest names no WAL");
      }
    }
  }

  private BackupManifest(JsonParser parser, Consumer<FileEntry> each) {
    this.parser = parser;
    this.each = each;
  }

  /**
   * Reads a manifest to its end, and checks it against its own checksum.
   *
   * @param in not closed
   * @param each is told every file, in the manifest's order; before the checksum is known to hold
   * @throws IOException when it is not a manifest, of an unknown version, damaged or cut off
   */
  public static Summary scan(InputStream in, Consumer<FileEntry> each) throws IOException {
    BackupManifestHash hashed = new BackupManifestHash(in);
    try (JsonParser parser =
        JSON.createParser(hashed).disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)) {
      BackupManifest manifest = new BackupManifest(parser, each);
      manifest.read();
      String actual = hashed.hexDigest();
      if (!actual.equals(manifest.checksum)) {
        throw new IOException(
            "the backup_manifest is damaged: its SHA-256 is "
                + actual
                + ", and it says "
                + manifest.checksum);
      }
      return new Summary(manifest.ranges, manifest.systemIdentifier);
    } catch (JsonProcessingException e) {
      // Without the library's words on where it read from.
      JsonLocation at = e.getLocation();
      throw new IOException(
          "the backup_manifest is damaged%s: %s"
              .formatted(at == null ? "" : " at line " + at.getLineNr(), e.getOriginalMessage()),
          e);
    } catch (IllegalArgumentException e) {
      throw new IOException("the backup_manifest cannot be read: " + e.getMessage(), e);
    }
  }

  private void read() throws IOException {
    expect(JsonToken.START_OBJECT, parser.nextToken());
    for (String key; (key = parser.nextFieldName()) != null; ) {
      JsonToken value = parser.nextToken();
      switch (key) {
        case "PostgreSQL-Backup-Manifest-Version" -> version = parser.getIntValue();
        case "System-Identifier" -> systemIdentifier = SystemIdentifier.parse(text());
        case "Manifest-Checksum" -> checksum = text();
        case "Files" -> readObjects(value, fields -> each.accept(fileEntry(fields)));
        case "WAL-Ranges" -> readObjects(value, fields -> add(walRange(fields)));
        default -> parser.skipChildren();
      }
    }
    if (parser.nextToken() != null) {
      throw new IllegalArgumentException("something follows its end");
    }
    if (version != 1 && version != 2) {
      throw new IllegalArgumentException("its version is " + version + ", known are 1 and 2");
    }
  }

  private void readObjects(JsonToken start, Consumer<Map<String, String>> object)
      throws IOException {
    expect(JsonToken.START_ARRAY, start);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(JsonToken.START_OBJECT, parser.currentToken());
      Map<String, String> fields = new HashMap<>();
      for (String key; (key = parser.nextFieldName()) != null; ) {
        if (!parser.nextToken().isScalarValue()) {
          throw new IllegalArgumentException("unexpected structure in " + key);
        }
        if (FIELDS.contains(key)) {
          fields.put(key, text());
        }
      }
      object.accept(fields);
    }
  }

  private String text() throws IOException {
    String text = parser.getText();
    if (text.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException(
          "it has a text of more than %d characters".formatted(LONGEST_TEXT));
    }
    return text;
  }

  private static FileEntry fileEntry(Map<String, String> fields) {
    String path = fields.get("Path");
    return new FileEntry(
        path == null ? decoded(field(fields, "Encoded-Path")) : path,
        Long.parseLong(field(fields, "Size")),
        fields.get("Checksum-Algorithm"),
        fields.get("Checksum"));
  }

  private void add(WalRange range) {
    if (ranges.size() >= MOST_RANGES) {
      throw new IllegalArgumentException("it has more than %d WAL ranges".formatted(MOST_RANGES));
    }
    ranges.add(range);
  }

  private static WalRange walRange(Map<String, String> fields) {
    return new WalRange(
        Integer.parseUnsignedInt(field(fields, "Timeline")),
        Lsn.parse(field(fields, "Start-LSN")),
        Lsn.parse(field(fields, "End-LSN")));
  }

  private static String field(Map<String, String> fields, String key) {
    String value = fields.get(key);
    if (value == null) {
      throw new IllegalArgumentException("an entry without " + key + ": " + fields);
    }
    return value;
  }

  /** PostgreSQL writes a path in hexadecimal digits when it is not UTF-8, or when told to. */
  private static String decoded(String hex) {
    return FileNameBytes.decode(HexFormat.of().parseHex(hex));
  }

  private static void expect(JsonToken expected, @Nullable JsonToken actual) {
    if (actual != expected) {
      throw new IllegalArgumentException("found " + actual + " where " + expected + " belongs");
    }
  }
}
