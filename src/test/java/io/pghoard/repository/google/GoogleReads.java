// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@link GoogleServer} answers to those who list and read. */
record GoogleReads(GoogleBuckets buckets) {
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]*)");

  void list(GoogleCall call, String bucket) throws IOException {
    String prefix = call.query("prefix");
    String token = call.query("pageToken");
    String asked = call.query("maxResults");
    int most = asked == null ? 1000 : Math.min(1000, Integer.parseInt(asked));
    ObjectNode answer = GoogleCall.JSON.createObjectNode().put("kind", "storage#objects");
    ArrayNode items = GoogleCall.JSON.createArrayNode();
    ArrayNode prefixes = GoogleCall.JSON.createArrayNode();
    String last = "";
    for (Map.Entry<String, JsonNode> entry :
        buckets
            .matching(bucket, prefix == null ? "" : prefix, call.query("delimiter"))
            .entrySet()) {
      if (token != null && entry.getKey().compareTo(token) <= 0) {
        continue;
      }
      if (items.size() + prefixes.size() == most) {
        answer.put("nextPageToken", last);
        break;
      }
      (entry.getValue().isTextual() ? prefixes : items).add(entry.getValue());
      last = entry.getKey();
    }
    // As Google: what is empty is left out.
    if (!items.isEmpty()) {
      answer.set("items", items);
    }
    if (!prefixes.isEmpty()) {
      answer.set("prefixes", prefixes);
    }
    call.answer(200, answer);
  }

  void get(GoogleCall call, String bucket, String name) throws IOException {
    GoogleBlob blob = buckets.object(bucket, name);
    String generation = call.query("generation");
    if (generation != null && Long.parseLong(generation) != blob.generation()) {
      throw GoogleError.noObject(bucket, blob.name() + "#" + generation);
    }
    GoogleUploadRequest.Conditions.of(call).check(blob);
    if (!"media".equals(call.query("alt"))) {
      call.answer(200, blob.json());
      return;
    }
    call.header("x-goog-generation", String.valueOf(blob.generation()));
    call.header(
        "x-goog-hash",
        "crc32c="
            + blob.json().get("crc32c").asText()
            + ",md5="
            + blob.json().get("md5Hash").asText());
    long from = 0;
    long to = blob.size() - 1;
    String range = call.header("Range");
    Matcher bytes = RANGE.matcher(range == null ? "" : range);
    boolean partial = bytes.matches();
    if (partial) {
      from = Long.parseLong(bytes.group(1));
      to = bytes.group(2).isEmpty() ? to : Math.min(to, Long.parseLong(bytes.group(2)));
      if (from > to) {
        throw new GoogleError(416, "requestedRangeNotSatisfiable", "Request range not satisfiable");
      }
      call.header("Content-Range", "bytes %d-%d/%d".formatted(from, to, blob.size()));
    }
    call.header("Content-Type", "application/octet-stream");
    try (InputStream in = Files.newInputStream(blob.file());
        OutputStream out = call.answer(partial ? 206 : 200, to + 1 - from)) {
      in.skipNBytes(from);
      byte[] buffer = new byte[1 << 16];
      for (long left = to + 1 - from; left > 0; ) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        out.write(buffer, 0, read);
        left -= read;
      }
    }
  }
}
