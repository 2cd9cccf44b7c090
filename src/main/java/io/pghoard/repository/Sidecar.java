// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The file beside an object, on disk or on an SFTP server, that holds its metadata: a JSON object
 * of strings.
 *
 * <pre>
 *   00000001000000000000000A             the stored bytes
 *   00000001000000000000000A.metadata    {"_hash": "9f86d0...", "Content-Length": "1234", ...}
 * </pre>
 *
 * <p>The Python pghoard writes and reads the same; its older versions left out {@code _hash}.
 *
 * @param metadata what was put, without the store's own two words
 * @param sha256 of the stored bytes in hexadecimal, or null when the writer did not know it
 * @param size of the stored bytes, or null when the writer did not tell
 */
public record Sidecar(Map<String, String> metadata, @Nullable String sha256, @Nullable Long size) {
  public static final String SUFFIX = ".metadata";
  private static final String HASH = "_hash";
  private static final String LENGTH = "Content-Length";

  /** Metadata is a few hundred bytes; what is larger was not written by a pghoard. */
  public static final int LARGEST = 1 << 20;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  /** A file that should be a sidecar is none. */
  public static final class DamagedException extends ObjectDamagedException {
    private static final long serialVersionUID = 1L;

    DamagedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  static Path of(Path data) {
    return data.resolveSibling(data.getFileName() + SUFFIX);
  }

  static Sidecar read(Path file) throws IOException {
    // To open a named pipe would wait for somebody who writes to it.
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new DamagedException(file + " is a link or a special file", null);
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return read(in, file.toString());
    }
  }

  /** Reads one from a stream; the name is for messages. */
  static Sidecar read(InputStream in, String file) throws IOException {
    return parse(in.readNBytes(LARGEST + 1), file);
  }

  /**
   * Reads the bytes of a sidecar.
   *
   * @param file where they come from, for the message
   */
  public static Sidecar parse(byte[] text, String file) throws DamagedException {
    if (text.length > LARGEST) {
      throw new DamagedException("metadata of more than 1 MiB in " + file, null);
    }
    try {
      return of(JSON.readValue(text, new TypeReference<Map<String, @Nullable Object>>() {}));
    } catch (IOException | IllegalArgumentException e) {
      throw new DamagedException("no metadata (a JSON object of strings) in " + file, e);
    }
  }

  private static Sidecar of(@Nullable Map<String, @Nullable Object> all) {
    if (all == null) {
      throw new IllegalArgumentException("null");
    }
    Map<String, String> metadata = new TreeMap<>();
    all.forEach(
        (name, value) -> {
          if (value != null) {
            metadata.put(name, value.toString());
          }
        });
    String sha256 = metadata.remove(HASH);
    String size = metadata.remove(LENGTH);
    return new Sidecar(metadata, sha256, size == null ? null : Long.valueOf(size));
  }

  /** Its bytes. */
  public byte[] toJson() throws IOException {
    Map<String, String> all = new TreeMap<>(metadata);
    if (sha256 != null) {
      all.put(HASH, sha256);
    }
    if (size != null) {
      all.put(LENGTH, size.toString());
    }
    return JSON.writeValueAsBytes(all);
  }
}
