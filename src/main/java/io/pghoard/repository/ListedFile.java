// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * A file as a list of a {@link FileRoutes} tells of it, in JSON:
 *
 * <pre>
 *   {"Path": "main/xlog/00000001000000000000000A", "Size": 16777216, "ModTime": "2026-11-25T01:43:19Z"}
 * </pre>
 *
 * <p>These are the names that {@code rclone lsjson} writes; others beside them are passed over.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ListedFile(
    @JsonProperty(value = "Path", required = true) String path,
    @JsonProperty(value = "Size", required = true) long size,
    @JsonProperty(value = "ModTime", required = true) String modified) {

  /**
   * When it was written.
   *
   * @throws IllegalArgumentException when the text is no time with its offset
   */
  Instant time() {
    try {
      return OffsetDateTime.parse(modified).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "the ModTime of %s is not a time with an offset: %s".formatted(path, modified), e);
    }
  }
}
