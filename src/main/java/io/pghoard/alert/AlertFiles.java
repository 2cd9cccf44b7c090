// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import io.pghoard.alert.AlertFile.Entry;
import io.pghoard.config.Sites;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the alerts. What cannot be written, as the disk is full say, is kept here until it
 * can: an alert is not lost because something else is wrong too.
 */
final class AlertFiles {
  private static final Logger LOG = LoggerFactory.getLogger(AlertFiles.class);
  private static final Pattern NAME = Pattern.compile("[a-z][a-z_]{0,63}");

  private final Sites sites;
  private final Clock clock;
  private final Map<String, Map<String, Entry>> unwritten = new TreeMap<>();
  private @Nullable Entry trouble;

  AlertFiles(Sites sites, Clock clock) {
    this.sites = sites;
    this.clock = clock;
  }

  /**
   * The entries of an alert by site; those of its file, unless newer ones are yet to be written.
   */
  Map<String, Entry> read(String name) {
    Map<String, Entry> kept = unwritten.get(name);
    if (kept != null) {
      return new TreeMap<>(kept);
    }
    try {
      return file(name).read();
    } catch (IOException e) {
      failed(e);
      return new TreeMap<>();
    }
  }

  boolean exists(String name) {
    return unwritten.containsKey(name) || file(name).exists();
  }

  void write(String name, Map<String, Entry> entries) {
    try {
      file(name).write(entries);
      unwritten.remove(name);
      if (unwritten.isEmpty() && trouble != null) {
        LOG.info("Alert files can be written again");
        trouble = null;
      }
    } catch (IOException e) {
      unwritten.put(name, new TreeMap<>(entries));
      failed(e);
    }
  }

  /** Tries again what could not be written. */
  void writeAgain() {
    List<String> names = new ArrayList<>(unwritten.keySet());
    for (String name : names) {
      write(name, read(name));
    }
  }

  private void failed(IOException e) {
    Instant now = clock.instant();
    String text =
        "alert files cannot be read or written in %s: %s; GET /status lists the alerts\nfree some space there, or correct alert_file_dir or its permissions"
            .formatted(directory(), e);
    if (trouble == null) {
      LOG.error("{}", text.replace("\n", "; "));
    }
    trouble = new Entry(trouble == null ? now : trouble.since(), now, text);
  }

  /** Why there are alerts that are not in their files, or null. */
  @Nullable Entry trouble() {
    return unwritten.isEmpty() ? null : trouble;
  }

  private AlertFile file(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "not the name of an alert (lower-case letters and underscores): " + name);
    }
    return new AlertFile(directory().resolve(name));
  }

  private Path directory() {
    return sites.config().alertFileDirectory();
  }
}
