// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.pghoard.postgres.WalSegmentName;
import io.pghoard.repository.BaseBackupObject.Chunk;
import io.pghoard.repository.BaseBackupObject.Tablespace;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The record in a main object, as the Python pghoard names its fields. */
final class BaseBackupJson {
  private static final JsonFactory JSON = new JsonFactory();

  private static final Set<String> TEXTS =
      Set.of(
          "backup_end_time",
          "backup_end_wal_segment",
          "backup_start_time",
          "backup_start_wal_segment",
          "host",
          "pgdata",
          "pghoard_version");

  /** Longer ones are no names and no paths. */
  private static final int LONGEST_TEXT = 4096;

  private static final int MOST_TABLESPACES = 10_000;

  private final JsonParser parser;
  private final boolean withFiles;
  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, Tablespace> tablespaces = new HashMap<>();
  private final List<Chunk> chunks = new ArrayList<>();
  private final Predicate<String> wanted;
  private final Set<String> wantedChunks = new HashSet<>();

  private BaseBackupJson(JsonParser parser, boolean withFiles, Predicate<String> wanted) {
    this.parser = parser;
    this.withFiles = withFiles;
    this.wanted = wanted;
  }

  static void write(BaseBackupObject backup, OutputStream out) throws IOException {
    try (JsonGenerator json =
        JSON.createGenerator(out)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            // As Python writes it: half of a pair, a byte of a file name, has no other form.
            .configure(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature(), true)) {
      WalSegmentName end = backup.endSegment();
      json.writeStartObject();
      json.writeStringField("backup_end_time", PythonTime.iso(backup.endTime()));
      json.writeStringField("backup_end_wal_segment", end == null ? null : end.toString());
      json.writeStringField("backup_start_time", PythonTime.iso(backup.startTime()));
      json.writeStringField("backup_start_wal_segment", backup.startSegment().toString());
      json.writeStringField("host", backup.host());
      json.writeStringField("pgdata", backup.pgdata());
      json.writeStringField("pghoard_object", "basebackup");
      json.writeStringField("pghoard_version", backup.pghoardVersion());
      json.writeObjectFieldStart("tablespaces");
      for (Map.Entry<String, Tablespace> entry : backup.tablespaces().entrySet()) {
        json.writeObjectFieldStart(entry.getKey());
        json.writeStringField("path", entry.getValue().path());
        json.writeNumberField("oid", entry.getValue().oid());
        if (!entry.getValue().name().equals(entry.getKey())) {
          json.writeStringField("name", entry.getValue().name());
        }
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeArrayFieldStart("chunks");
      for (Chunk chunk : backup.chunks()) {
        json.writeStartObject();
        json.writeStringField("chunk_filename", chunk.fileName());
        json.writeNumberField("input_size", chunk.inputSize());
        json.writeNumberField("result_size", chunk.resultSize());
        json.writeArrayFieldStart("files");
        for (String file : chunk.files()) {
          json.writeString(file);
        }
        json.writeEndArray();
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  /**
   * Reads a record.
   *
   * @param withFiles false: the chunks come without the names of their files, which may be millions
   */
  static BaseBackupObject read(InputStream in, boolean withFiles) throws IOException {
    return read(in, parser -> new BaseBackupJson(parser, withFiles, name -> false).object());
  }

  /** Reads of a record which chunks have a file that fits, or none at all: their file names. */
  static Set<String> chunksWith(InputStream in, Predicate<String> wanted) throws IOException {
    return read(
        in,
        parser -> {
          BaseBackupJson record = new BaseBackupJson(parser, false, wanted);
          record.object();
          return record.wantedChunks;
        });
  }

  /** What is read of a record. */
  private interface Reading<T> {
    T of(JsonParser parser) throws IOException;
  }

  private static <T> T read(InputStream in, Reading<T> reading) throws IOException {
    try (JsonParser parser = JSON.createParser(in).disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)) {
      return reading.of(parser);
    } catch (DateTimeException | IllegalArgumentException | IOException e) {
      throw new IOException(
          "the record of a base backup, "
              + BaseBackupObject.RECORD
              + ", cannot be read: "
              + e.getMessage(),
          e);
    }
  }

  private BaseBackupObject object() throws IOException {
    expect(JsonToken.START_OBJECT, parser.nextToken());
    for (String key; (key = parser.nextFieldName()) != null; ) {
      JsonToken value = parser.nextToken();
      switch (key) {
        case "tablespaces" -> readTablespaces(value);
        case "chunks" -> readChunks(value);
        default -> {
          if (value == JsonToken.VALUE_STRING && TEXTS.contains(key)) {
            texts.put(key, value());
          } else {
            parser.skipChildren();
          }
        }
      }
    }
    String end = texts.get("backup_end_wal_segment");
    return new BaseBackupObject(
        PythonTime.parse(text("backup_start_time")),
        WalSegmentName.parse(text("backup_start_wal_segment")),
        PythonTime.parse(text("backup_end_time")),
        end == null ? null : WalSegmentName.parse(end),
        text("pgdata"),
        texts.getOrDefault("host", ""),
        texts.getOrDefault("pghoard_version", ""),
        tablespaces,
        chunks);
  }

  private void readTablespaces(JsonToken start) throws IOException {
    if (start == JsonToken.VALUE_NULL) {
      return;
    }
    expect(JsonToken.START_OBJECT, start);
    for (String tablespace; (tablespace = parser.nextFieldName()) != null; ) {
      expect(JsonToken.START_OBJECT, parser.nextToken());
      String name = tablespace;
      String path = null;
      long oid = 0;
      for (String key; (key = parser.nextFieldName()) != null; ) {
        parser.nextToken();
        switch (key) {
          case "path" -> path = value();
          case "oid" -> oid = parser.getValueAsLong();
          case "name" -> name = value();
          default -> parser.skipChildren();
        }
      }
      requireFew("tablespaces", tablespaces.size(), MOST_TABLESPACES);
      tablespaces.put(
          tablespace, new Tablespace(present(path, "path of tablespace " + tablespace), oid, name));
    }
  }

  private void readChunks(JsonToken start) throws IOException {
    if (start == JsonToken.VALUE_NULL) {
      return;
    }
    expect(JsonToken.START_ARRAY, start);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(JsonToken.START_OBJECT, parser.currentToken());
      String fileName = null;
      long inputSize = 0;
      long resultSize = 0;
      List<String> files = new ArrayList<>();
      boolean needed = false;
      boolean empty = true;
      for (String key; (key = parser.nextFieldName()) != null; ) {
        JsonToken value = parser.nextToken();
        switch (key) {
          case "chunk_filename" -> fileName = value();
          case "input_size" -> inputSize = parser.getLongValue();
          case "result_size" -> resultSize = parser.getLongValue();
          case "files" -> {
            expect(JsonToken.START_ARRAY, value);
            while (parser.nextToken() != JsonToken.END_ARRAY) {
              String file = parser.getText();
              empty = false;
              needed = needed || wanted.test(file);
              if (withFiles) {
                files.add(file);
              }
            }
          }
          default -> parser.skipChildren();
        }
      }
      requireFew("chunks", chunks.size(), BaseBackupObject.MOST_CHUNKS);
      Chunk chunk = new Chunk(present(fileName, "chunk_filename"), inputSize, resultSize, files);
      chunks.add(chunk);
      if (needed || empty) {
        wantedChunks.add(chunk.fileName());
      }
    }
  }

  private String value() throws IOException {
    String text = parser.getText();
    if (text == null || text.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException(
          "it has a text of more than %d characters".formatted(LONGEST_TEXT));
    }
    return text;
  }

  private static void requireFew(String what, int count, int most) {
    if (count >= most) {
      throw new IllegalArgumentException("it lists more than %d %s".formatted(most, what));
    }
  }

  private String text(String key) {
    return present(texts.get(key), key);
  }

  private static String present(@Nullable String value, String what) {
    if (value == null) {
      throw new IllegalArgumentException("it has no " + what);
    }
    return value;
  }

  private static void expect(JsonToken expected, @Nullable JsonToken actual) {
    if (actual != expected) {
      throw new IllegalArgumentException("found " + actual + " where " + expected + " belongs");
    }
  }
}
