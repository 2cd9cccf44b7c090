// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.repository.CheckedContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.StoredObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A listing of stored objects as a daemon sends it: a JSON object a line, and a last line that
 * proves that all have come. Keys are without the site's prefix.
 *
 * <pre>
 * {"key":"xlog/000000010000000000000003","size":1234,"modified":"2026-01-31T17:30:00Z","metadata":{...}}
 * {"key":"xlog/000000010000000000000004"}
 * {"objects":2,"sha256":"..."}
 * </pre>
 *
 * <p>Of names alone, as in the second line, there is no more.
 *
 * @param prefix of the site's keys, with a slash at its end
 */
public record SentListing(String prefix) {
  /** The media type of an answer that is made so. */
  public static final String MEDIA_TYPE = "application/vnd.pghoard.listing";

  private static final int LONGEST_LINE = 2 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Writes a listing of {@link StoredObject}s or of {@link ObjectKey}s. */
  public void write(Iterable<?> listed, OutputStream out) throws IOException {
    MessageDigest digest = CheckedContent.sha256();
    long count = 0;
    for (Object each : listed) {
      byte[] line = line(each).getBytes(UTF_8);
      digest.update(line);
      out.write(line);
      count++;
    }
    String hash = HexFormat.of().formatHex(digest.digest());
    ObjectNode end = JSON.createObjectNode().put("objects", count).put("sha256", hash);
    out.write((JSON.writeValueAsString(end) + "\n").getBytes(UTF_8));
  }

  private String line(Object listed) throws IOException {
    ObjectNode line = JSON.createObjectNode();
    if (listed instanceof StoredObject object) {
      line.put("key", relative(object.key()));
      line.put("size", object.size()).put("modified", object.lastModified().toString());
      line.set("metadata", JSON.valueToTree(new TreeMap<>(object.metadata())));
    } else {
      line.put("key", relative((ObjectKey) listed));
    }
    return JSON.writeValueAsString(line) + "\n";
  }

  private String relative(ObjectKey key) {
    return key.text().substring(prefix.length());
  }

  /**
   * Reads a listing.
   *
   * @param in is read to its end
   * @throws IOException also when it is not whole, or was changed on the way
   */
  public void read(InputStream in, Consumer<StoredObject> taker) throws IOException {
    MessageDigest digest = CheckedContent.sha256();
    BufferedInputStream buffered = new BufferedInputStream(in);
    long count = 0;
    for (byte[] line; (line = line(buffered)) != null; count++) {
      try {
        JsonNode fields = JSON.readTree(line);
        if (fields.has("sha256")) {
          String hash = HexFormat.of().formatHex(digest.digest());
          requireWhole(fields, hash, count, buffered);
          return;
        }
        digest.update(line);
        taker.accept(object(fields));
      } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
        throw new IOException("a line of the list cannot be understood: " + e.getMessage(), e);
      }
    }
    throw new IOException("the list ends after %d objects without its last line".formatted(count));
  }

  private static void requireWhole(JsonNode end, String hash, long count, InputStream in)
      throws IOException {
    if (!hash.equals(end.path("sha256").asText()) || end.path("objects").asLong() != count) {
      throw new IOException(
          "the list of %d objects was changed on the way: its SHA-256 is %s, and that of what was sent %s"
              .formatted(count, hash, end.path("sha256").asText()));
    }
    if (in.read() >= 0) {
      throw new IOException("the list goes on after its last line");
    }
  }

  private StoredObject object(JsonNode fields) {
    Map<String, String> metadata = new TreeMap<>();
    fields
        .path("metadata")
        .properties()
        .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asText()));
    return new StoredObject(
        new ObjectKey(prefix + fields.path("key").asText()),
        fields.path("size").asLong(),
        fields.has("modified") ? Instant.parse(fields.path("modified").asText()) : Instant.EPOCH,
        metadata);
  }

  /** The next line with its end; null when there is no more. */
  private static byte @Nullable [] line(BufferedInputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    for (int b; (b = in.read()) >= 0; ) {
      line.write(b);
      if (b == '\n') {
        return line.toByteArray();
      }
      if (line.size() > LONGEST_LINE) {
        throw new IOException("a line of the list has more than %d bytes".formatted(LONGEST_LINE));
      }
    }
    if (line.size() > 0) {
      throw new IOException("the list is cut off");
    }
    return null;
  }
}
