// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The resumable uploads of {@link GoogleServer}. */
final class GoogleSessions {
  private static final int GRANULE = 256 << 10;
  private static final Pattern RANGE =
      Pattern.compile("bytes (?:([0-9]+)-([0-9]+)|\\*)/([0-9]+|\\*)");

  private final GoogleBuckets buckets;
  private final GoogleFaults faults;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();

  /** One of them. */
  private static final class Session {
    private final String bucket;
    private final ObjectNode told;
    private final Path file;
    private final GoogleUploadRequest.Conditions conditions;
    private final @Nullable String length;
    private @Nullable GoogleBlob object;
    private boolean cancelled;

    Session(String bucket, ObjectNode told, Path file, GoogleCall call) throws GoogleError {
      this.bucket = bucket;
      this.told = told;
      this.file = file;
      this.conditions = GoogleUploadRequest.Conditions.of(call);
      this.length = call.header("X-Upload-Content-Length");
    }
  }

  GoogleSessions(GoogleBuckets buckets, GoogleFaults faults) {
    this.buckets = buckets;
    this.faults = faults;
  }

  /** How many are neither complete nor given up. */
  long unfinished(String bucket) {
    return sessions.values().stream()
        .filter(session -> session.bucket.equals(bucket))
        .filter(session -> session.object == null && !session.cancelled)
        .count();
  }

  /** How many have been begun. */
  long begun(String bucket) {
    return sessions.values().stream().filter(session -> session.bucket.equals(bucket)).count();
  }

  void begin(GoogleCall call, String bucket) throws IOException {
    ObjectNode told = call.json();
    if (call.query("name") != null) {
      told.put("name", call.query("name"));
    }
    buckets.bucket(bucket);
    Session session = new Session(bucket, told, Files.createFile(buckets.file()), call);
    String id = UUID.randomUUID().toString();
    sessions.put(id, session);
    call.header(
        "Location",
        "http://%s/upload/storage/v1/b/%s/o?uploadType=resumable&upload_id=%s"
            .formatted(call.header("Host"), bucket, id));
    call.answer(200, new byte[0]);
  }

  void call(GoogleCall call) throws IOException {
    Session session = sessions.get(String.valueOf(call.query("upload_id")));
    if (session == null || faults.losesSessions()) {
      throw new GoogleError(410, "gone", "The upload session is gone.");
    }
    synchronized (session) {
      if (call.method().equals("DELETE") && session.object != null) {
        throw new GoogleError(404, "notFound", "The upload is complete.");
      } else if (call.method().equals("DELETE")) {
        session.cancelled = true;
        Files.deleteIfExists(session.file);
        call.answer(499, new byte[0]);
      } else if (session.cancelled) {
        throw new GoogleError(499, "cancelled", "The upload was cancelled.");
      } else if (session.object != null) {
        call.answer(200, session.object.json());
      } else {
        receive(call, session);
      }
    }
  }

  private void receive(GoogleCall call, Session session) throws IOException {
    String text = call.header("Content-Range");
    Matcher range = RANGE.matcher(text == null ? "" : text);
    if (!range.matches()) {
      throw GoogleError.invalid("Failed to parse Content-Range header.");
    }
    boolean last = !range.group(3).equals("*");
    if (last && session.length != null && !session.length.equals(range.group(3))) {
      throw GoogleError.invalid("The length is another than X-Upload-Content-Length.");
    }
    if (range.group(1) != null) {
      long from = Long.parseLong(range.group(1));
      long length = Long.parseLong(range.group(2)) + 1 - from;
      boolean whole = last && from + length == Long.parseLong(range.group(3));
      if (!whole && length % GRANULE != 0) {
        throw GoogleError.invalid("A chunk that is not the last must be a multiple of 256 KiB.");
      }
      if (from != Files.size(session.file)) {
        throw new GoogleError(503, "backendError", "Invalid request. Wrong offset.");
      }
      store(call, session, from, length);
    }
    long kept = Files.size(session.file);
    if (last && kept < Long.parseLong(range.group(3)) && faults.answersTooEarly()) {
      call.answer(200, new byte[0]);
    } else if (last && kept == Long.parseLong(range.group(3)) && !faults.makesNoObject()) {
      session.object =
          buckets.publish(session.bucket, session.told, session.file, session.conditions);
      if (!faults.losesAnswer()) {
        call.answer(200, session.object.json());
      }
    } else {
      if (kept > 0) {
        call.header("Range", "bytes=0-" + (kept - 1));
      }
      call.answer(308, new byte[0]);
    }
  }

  private void store(GoogleCall call, Session session, long from, long length) throws IOException {
    long breaks = faults.breaksChunk();
    long keeps = faults.keepsOfChunk();
    long come = 0;
    try (OutputStream out = Files.newOutputStream(session.file, StandardOpenOption.APPEND)) {
      InputStream in = call.body();
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        come += read;
        if (breaks >= 0 && come >= breaks) {
          throw new GoogleError(503, "backendError", "Backend Error");
        }
      }
      if (come != length) {
        throw GoogleError.invalid("The chunk is not as long as Content-Range says.");
      }
    } finally {
      if (come != length || keeps >= 0) {
        // What came is kept up to a multiple of 256 KiB.
        long kept = keeps >= 0 ? Math.min(keeps, come) : come / GRANULE * GRANULE;
        try (FileChannel file = FileChannel.open(session.file, StandardOpenOption.WRITE)) {
          file.truncate(from + kept);
        }
      }
    }
  }
}
