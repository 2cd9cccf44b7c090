// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The text of a pghoard.json, valid until a test changes it: one entry a line, those of the top
 * first, from line 2 on. Apostrophes stand for double quotes.
 */
record ConfigText(Map<String, String> top, Map<String, String> site) {
  static ConfigText valid() {
    return new ConfigText(Map.of(), Map.of())
        .top("backup_location", "'/b'")
        .site("active_backup_mode", "'archive_command'")
        .site("pg_data_directory", "'/d'")
        .site("nodes", "['host=db']");
  }

  /** The same with a key at the top; the value is JSON. */
  ConfigText top(String key, String json) {
    return new ConfigText(with(top, key, json), site);
  }

  /** The same with a key in the site; the value is JSON. */
  ConfigText site(String key, String json) {
    return new ConfigText(top, with(site, key, json));
  }

  ConfigText withoutTop(String key) {
    return new ConfigText(without(top, key), site);
  }

  ConfigText withoutSite(String key) {
    return new ConfigText(top, without(site, key));
  }

  /** The line that a key of the site stands in. */
  int lineOfSiteKey(String key) {
    return 3 + top.size() + site.keySet().stream().toList().indexOf(key);
  }

  PghoardConfig read(Path directory) throws IOException {
    return ConfigFile.read(Files.writeString(directory.resolve("pghoard.json"), text()));
  }

  SiteConfig readSite(Path directory) throws IOException {
    return read(directory).sites().values().iterator().next();
  }

  String text() {
    String separator = top.isEmpty() ? "" : ",\n";
    String text =
        "{\n" + lines(top) + separator + "'backup_sites': {'main': {\n" + lines(site) + "\n}}}\n";
    return text.replace('\'', '"');
  }

  private static String lines(Map<String, String> entries) {
    return entries.entrySet().stream()
        .map(entry -> "'" + entry.getKey() + "': " + entry.getValue())
        .collect(Collectors.joining(",\n"));
  }

  private static Map<String, String> with(Map<String, String> entries, String key, String json) {
    Map<String, String> more = new LinkedHashMap<>(entries);
    more.put(key, json);
    return more;
  }

  private static Map<String, String> without(Map<String, String> entries, String key) {
    Map<String, String> fewer = new LinkedHashMap<>(entries);
    fewer.remove(key);
    return fewer;
  }
}
