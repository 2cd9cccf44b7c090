// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.config.FileRights;
import io.pghoard.config.OwnFile;
import io.pghoard.repository.DurableText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The last whole set of the operator's route files that was in force, in one file, so that it is
 * there whole or not at all; a start takes it when the files themselves are broken.
 *
 * <pre>
 *   .pghoard-routes.json    {"routes_version": 1, "files": {"alert-raise.camel.yaml": "- route: ...", ...}}
 * </pre>
 *
 * @param file which only the daemon writes that holds the lock of the same directory
 */
record KeptRoutes(Path file) {
  private static final String NAME = ".pghoard-routes.json";
  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  static KeptRoutes in(Path backupLocation) {
    return new KeptRoutes(backupLocation.resolve(NAME));
  }

  /**
   * Reads it.
   *
   * @return null when none was kept yet
   * @throws IOException when it cannot be read, is damaged, or could be another's: it is code
   */
  @Nullable RouteSet read() throws IOException {
    byte[] text = new OwnFile(file).read();
    if (text == null) {
      return null;
    }
    String others = FileRights.changedByOthers(file);
    if (others != null) {
      throw new IOException(others + ": chmod go-w that");
    }
    try {
      JsonNode root = JSON.readTree(text);
      if (root.path("routes_version").asInt() != VERSION) {
        throw new IOException(file + " is not of this version of pghoard");
      }
      Map<String, String> texts = new TreeMap<>();
      root.path("files").properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
      return new RouteSet(texts);
    } catch (JsonProcessingException e) {
      throw new IOException(file + " is damaged", e);
    }
  }

  /**
   * Replaces it, unless it holds this set already.
   *
   * @throws IOException also when what was written would not be trusted at the next start
   */
  void keep(RouteSet set) throws IOException {
    ObjectNode root = JSON.createObjectNode().put("routes_version", VERSION);
    ObjectNode files = root.putObject("files");
    set.texts().forEach(files::put);
    String text = JSON.writeValueAsString(root) + "\n";
    if (text.getBytes(UTF_8).length > OwnFile.LARGEST) {
      throw new IOException("the route files are larger than 1 MiB together");
    }
    byte[] before = new OwnFile(file).read();
    if (before == null || !Arrays.equals(before, text.getBytes(UTF_8))) {
      new OwnFile(file).requireOwn();
      new DurableText(file).write(text);
    }
    read();
  }
}
