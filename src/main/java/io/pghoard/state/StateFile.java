// SPDX-License-Identifier: Apache-2.0
package io.pghoard.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.pghoard.config.FileFailure;
import io.pghoard.config.OwnFile;
import io.pghoard.repository.DurableText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The JSON state file: whole or not there, and good for what a restart goes on from. */
public record StateFile(Path path) {
  /**
   * The version of what this pghoard writes; a later one may mean other things by the same words.
   */
  public static final int VERSION = 1;

  private static final Logger LOG = LoggerFactory.getLogger(StateFile.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  public void write(Map<String, Object> state) throws IOException {
    new OwnFile(path).requireOwn();
    new DurableText(path).writeForAll(JsonText.of(state));
  }

  /** What the daemon before wrote; nothing when there is no such file, or none to be used. */
  public JsonNode read() {
    try {
      byte[] text = new OwnFile(path).read();
      if (text == null) {
        return MissingNode.getInstance();
      }
      JsonNode state = JSON.readTree(text);
      int version = state.path("state_version").asInt();
      if (version > VERSION) {
        LOG.warn(
            "{} was written by a newer pghoard (version {}): the counts start over", path, version);
        return MissingNode.getInstance();
      }
      return state;
    } catch (JsonProcessingException e) {
      LOG.warn("{} is damaged and will be rewritten: the counts start over", path);
    } catch (IOException e) {
      LOG.warn("{} cannot be read ({}): the counts start over", path, FileFailure.reason(e));
    }
    return MissingNode.getInstance();
  }
}
