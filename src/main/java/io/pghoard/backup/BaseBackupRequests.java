// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.config.SiteName;
import io.pghoard.repository.DurableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The base backups that somebody asked for and that were not taken yet, in a file that outlives the
 * daemon.
 *
 * <pre>
 *   basebackup_requests.json    {"main": "2026-11-25T01:43:20Z", ...}
 * </pre>
 */
final class BaseBackupRequests {
  private static final Logger LOG = LoggerFactory.getLogger(BaseBackupRequests.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private @Nullable Map<String, String> pending;

  BaseBackupRequests(Path directory) {
    this.file = directory.resolve("basebackup_requests.json");
  }

  /** When the site's was asked for, or null. */
  synchronized @Nullable Instant of(SiteName site) throws IOException {
    String moment = pending().get(site.text());
    return moment == null ? null : Instant.parse(moment);
  }

  /** Notes a request; it is durable then. */
  synchronized void add(SiteName site, Instant moment) throws IOException {
    Map<String, String> next = new TreeMap<>(pending());
    next.put(site.text(), moment.toString());
    replace(next);
  }

  /** Takes a request away, unless somebody has asked again meanwhile. */
  synchronized void fulfilled(SiteName site, Instant moment) throws IOException {
    Map<String, String> next = new TreeMap<>(pending());
    if (next.remove(site.text(), moment.toString())) {
      replace(next);
    }
  }

  private void replace(Map<String, String> next) throws IOException {
    Files.createDirectories(file.getParent());
    new DurableText(file).write(JSON.writeValueAsString(next) + "\n");
    pending = next;
  }

  private Map<String, String> pending() throws IOException {
    Map<String, String> known = pending;
    if (known == null) {
      known = Files.exists(file) ? read() : Map.of();
      pending = known;
    }
    return known;
  }

  private Map<String, String> read() throws IOException {
    try {
      Map<String, String> read =
          JSON.readValue(file.toFile(), new TypeReference<TreeMap<String, String>>() {});
      read.values().forEach(Instant::parse);
      return read;
    } catch (JsonProcessingException | DateTimeException | NullPointerException e) {
      LOG.warn("{} is damaged and ignored; request base backups again", file);
      return Map.of();
    }
  }
}
