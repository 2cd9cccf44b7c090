// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** What {@link GoogleServer} holds: objects by their names, in buckets. */
final class GoogleBuckets {
  private static final Set<String> STORAGE_CLASSES =
      Set.of("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE");

  /** Of all metadata of an object, by Google's own limits. */
  private static final int METADATA = 8 << 10;

  private final Path directory;
  private final AtomicLong numbers = new AtomicLong(1_700_000_000_000_000L);
  private final Map<String, NavigableMap<String, GoogleBlob>> buckets = new ConcurrentHashMap<>();
  private final Set<String> retained = ConcurrentHashMap.newKeySet();

  GoogleBuckets(Path directory) {
    this.directory = directory;
  }

  boolean create(String bucket) {
    return buckets.putIfAbsent(bucket, new ConcurrentSkipListMap<>()) == null;
  }

  NavigableMap<String, GoogleBlob> bucket(String bucket) throws GoogleError {
    NavigableMap<String, GoogleBlob> objects = buckets.get(bucket);
    if (objects == null) {
      throw GoogleError.noBucket();
    }
    return objects;
  }

  GoogleBlob object(String bucket, String name) throws GoogleError {
    GoogleBlob blob = bucket(bucket).get(name);
    if (blob == null) {
      throw GoogleError.noObject(bucket, name);
    }
    return blob;
  }

  /** From now on it cannot be deleted. */
  void retain(String bucket, String name) {
    retained.add(bucket + "/" + name);
  }

  /** A file for bytes that come. */
  Path file() {
    return directory.resolve("object-" + numbers.incrementAndGet());
  }

  /**
   * Makes bytes that have come an object, if all that was asked for holds.
   *
   * @param told what the caller says of the object
   */
  GoogleBlob publish(
      String bucket, ObjectNode told, Path file, GoogleUploadRequest.Conditions conditions)
      throws IOException {
    checkMetadata(told);
    CRC32C crc = new CRC32C();
    MessageDigest md5 = md5();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        crc.update(buffer, 0, read);
        md5.update(buffer, 0, read);
      }
    }
    String crc32c = base64(ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array());
    String md5Hash = base64(md5.digest());
    compare("CRC32C", told.get("crc32c"), crc32c);
    compare("MD5 hash", told.get("md5Hash"), md5Hash);
    String name = told.get("name").asText();
    synchronized (this) {
      NavigableMap<String, GoogleBlob> objects = bucket(bucket);
      conditions.check(objects.get(name));
      String now = Instant.now().toString();
      ObjectNode json = told.deepCopy();
      json.put("kind", "storage#object")
          .put("bucket", bucket)
          .put("id", bucket + "/" + name)
          .put("generation", String.valueOf(numbers.incrementAndGet()))
          .put("metageneration", "1")
          .put("size", String.valueOf(Files.size(file)))
          .put("crc32c", crc32c)
          .put("md5Hash", md5Hash)
          .put("etag", "CAE=")
          .put("timeCreated", now)
          .put("updated", now);
      if (!json.hasNonNull("storageClass")) {
        json.put("storageClass", "STANDARD");
      }
      if (conditions.kmsKey() != null) {
        json.put("kmsKeyName", conditions.kmsKey() + "/cryptoKeyVersions/1");
      }
      GoogleBlob blob = new GoogleBlob(json, file);
      objects.put(name, blob);
      return blob;
    }
  }

  private static void checkMetadata(ObjectNode told) throws GoogleError {
    if (!told.hasNonNull("name") || told.get("name").asText().isEmpty()) {
      throw new GoogleError(400, "required", "Required");
    }
    JsonNode storageClass = told.get("storageClass");
    if (storageClass != null && !STORAGE_CLASSES.contains(storageClass.asText())) {
      throw GoogleError.invalid("Invalid argument.");
    }
    int size = 0;
    JsonNode metadata = told.get("metadata");
    if (metadata != null) {
      for (Map.Entry<String, JsonNode> entry : metadata.properties()) {
        if (!entry.getValue().isTextual()) {
          throw GoogleError.invalid("Invalid metadata " + entry.getKey());
        }
        size += entry.getKey().length() + entry.getValue().asText().length();
      }
    }
    if (size > METADATA) {
      throw GoogleError.invalid("The total size of metadata exceeds 8 KiB");
    }
  }

  private static void compare(String what, @Nullable JsonNode told, String calculated)
      throws GoogleError {
    if (told != null && !told.asText().equals(calculated)) {
      throw GoogleError.invalid(
          "Provided %s \"%s\" doesn't match calculated %s \"%s\"."
              .formatted(what, told.asText(), what, calculated));
    }
  }

  synchronized void delete(GoogleCall call, String bucket, String name) throws IOException {
    GoogleBlob blob = object(bucket, name);
    GoogleUploadRequest.Conditions.of(call).check(blob);
    if (retained.contains(bucket + "/" + name)) {
      throw new GoogleError(
          403,
          "retentionPolicyNotMet",
          "Object '%s/%s' is subject to bucket's retention policy or object retention and cannot be deleted or overwritten until 2099-01-01"
              .formatted(bucket, name));
    }
    bucket(bucket).remove(name);
    Files.deleteIfExists(blob.file());
  }

  /** The objects and prefixes that a listing asks for, in the order of their names. */
  Map<String, JsonNode> matching(String bucket, String prefix, @Nullable String delimiter)
      throws GoogleError {
    Map<String, JsonNode> found = new TreeMap<>();
    for (GoogleBlob blob : bucket(bucket).tailMap(prefix, true).values()) {
      if (!blob.name().startsWith(prefix)) {
        break;
      }
      int end = delimiter == null ? -1 : blob.name().indexOf(delimiter, prefix.length());
      if (end < 0) {
        found.put(blob.name(), blob.json());
      } else {
        String common = blob.name().substring(0, end + 1);
        found.put(common, TextNode.valueOf(common));
      }
    }
    return found;
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }
}
