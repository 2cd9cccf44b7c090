// SPDX-License-Identifier: Apache-2.0
package io.pghoard.state;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was moved of one kind of object of a site, one way; by the names of the state file. */
final class TransferCount {
  private long count;
  private long data;
  private double seconds;
  private long failures;
  private int failuresInARow;
  private @Nullable String lastSuccess;
  private @Nullable String latestFilename;
  private @Nullable String lastFailure;
  private @Nullable String lastFailureTime;

  /** As a state file has it; what it does not have, or of another kind, is nothing yet. */
  static TransferCount read(JsonNode state) {
    TransferCount read = new TransferCount();
    read.count = state.path("count").asLong();
    read.data = state.path("data").asLong();
    read.seconds = state.path("time_taken").asDouble();
    read.failures = state.path("failures").asLong();
    read.lastSuccess = text(state.path("last_success"));
    read.latestFilename = text(state.path("latest_filename"));
    read.lastFailure = text(state.path("last_failure"));
    read.lastFailureTime = text(state.path("last_failure_time"));
    return read;
  }

  /** The Python pghoard has a number there, of a clock that began anew at each boot. */
  private static @Nullable String text(JsonNode value) {
    return value.isTextual() ? value.asText() : null;
  }

  void succeeded(String name, long bytes, double took, Instant now) {
    count++;
    data += bytes;
    seconds += took;
    failuresInARow = 0;
    lastSuccess = now.toString();
    latestFilename = name;
  }

  void failed(String reason, Instant now) {
    failures++;
    failuresInARow++;
    lastFailure = reason;
    lastFailureTime = now.toString();
  }

  int failuresInARow() {
    return failuresInARow;
  }

  @Nullable String lastFailure() {
    return lastFailure;
  }

  Map<String, @Nullable Object> state() {
    Map<String, @Nullable Object> state = new LinkedHashMap<>();
    state.put("count", count);
    state.put("data", data);
    state.put("time_taken", Math.round(seconds * 1000) / 1000.0);
    state.put("failures", failures);
    state.put("failures_in_a_row", failuresInARow);
    state.put("last_success", lastSuccess);
    state.put("latest_filename", latestFilename);
    state.put("last_failure", lastFailure);
    state.put("last_failure_time", lastFailureTime);
    return state;
  }
}
