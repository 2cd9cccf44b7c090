// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.config.SiteName;
import io.pghoard.restore.RestoreProgress.Phase;
import io.pghoard.restore.RestoreProgress.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the daemon and the process that restores for it tell each other, as JSON: a request in a
 * file, which may hold a password and so is nobody else's, and the progress in lines.
 */
public final class RestoreMessages {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RestoreMessages() {}

  /** Writes a request to a new file that its owner alone can read. */
  public static Path writeRequest(RestoreRun run) throws IOException {
    ObjectNode request = JSON.createObjectNode();
    request.put("id", run.id());
    request.put("site", run.site().text());
    request.set("words", JSON.valueToTree(run.words()));
    request.set(
        "allowed", JSON.valueToTree(run.host().allowed().stream().map(Path::toString).toList()));
    request.put("restore_command", run.host().restoreCommand());
    Path file = Files.createTempFile("pghoard-restore-", ".json");
    try {
      Files.write(file, JSON.writeValueAsBytes(request));
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    return file;
  }

  /** Reads a request, and deletes its file. */
  public static RestoreRun takeRequest(Path file, Clock clock) throws IOException {
    JsonNode request = JSON.readTree(Files.readAllBytes(file));
    Files.delete(file);
    Map<String, Object> words =
        JSON.convertValue(request.required("words"), new TypeReference<>() {});
    List<Path> allowed = new ArrayList<>();
    request.required("allowed").forEach(directory -> allowed.add(Path.of(directory.asText())));
    if (allowed.isEmpty()) {
      // Which would mean anywhere.
      throw new IOException(
          "the request of a restore over HTTP has no allowed directories: " + file);
    }
    SiteName site = new SiteName(request.required("site").asText());
    return new RestoreRun(
        request.required("id").asText(),
        RestoreParameters.parse(site, words),
        new RestoreProgress(clock),
        new RestoreHost(allowed, request.required("restore_command").asText()));
  }

  /** One line that tells how far a restore is. */
  public static String line(Snapshot now) {
    ObjectNode line = JSON.createObjectNode();
    line.put("phase", now.phase().name());
    line.put("basebackup", now.backup());
    line.put("bytes_done", now.bytesDone());
    line.put("bytes_total", now.bytesTotal());
    line.put("files_done", now.filesDone());
    line.put("files_total", now.filesTotal());
    line.set("notes", JSON.valueToTree(now.notes()));
    line.put("error", now.error());
    return line.toString();
  }

  /** What a line tells, or null when it is none of ours. */
  static @Nullable Snapshot parse(String text) {
    try {
      JsonNode line = JSON.readTree(text);
      if (!line.isObject()) {
        return null;
      }
      List<String> notes = new ArrayList<>();
      line.required("notes").forEach(note -> notes.add(note.asText()));
      return new Snapshot(
          Phase.valueOf(line.required("phase").asText()),
          line.required("basebackup").textValue(),
          line.required("bytes_done").asLong(),
          line.required("bytes_total").asLong(),
          line.required("files_done").asInt(),
          line.required("files_total").asInt(),
          0,
          Instant.EPOCH,
          null,
          notes,
          line.required("error").textValue());
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return null;
    }
  }
}
