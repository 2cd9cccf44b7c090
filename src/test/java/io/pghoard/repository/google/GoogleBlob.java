// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;

/**
 * An object of {@link GoogleServer}.
 *
 * @param json its resource as answers show it
 * @param file with its bytes
 */
record GoogleBlob(ObjectNode json, Path file) {
  String name() {
    return json.get("name").asText();
  }

  long generation() {
    return json.get("generation").asLong();
  }

  long size() {
    return json.get("size").asLong();
  }
}
