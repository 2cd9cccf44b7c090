// SPDX-License-Identifier: Apache-2.0
package io.pghoard.alert;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.config.OwnFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One alert's file: an entry for each site that has the alert.
 *
 * <pre>
 *   site: main                              "-" for pghoard itself
 *   since: 2026-11-25T01:43:20Z
 *   last: 2026-11-25T01:53:20Z
 *     what happened, and what to do
 * </pre>
 */
record AlertFile(Path path) {
  private static final String SITE = "site: ";
  private static final String SINCE = "since: ";
  private static final String LAST = "last: ";
  private static final String TEXT = "  ";

  /**
   * What is the matter with one site.
   *
   * @param since when it was first told
   * @param last when it was last told
   */
  record Entry(Instant since, Instant last, String text) {}

  /** The entries by site; none when there is no file, and of a foreign file none either. */
  Map<String, Entry> read() throws IOException {
    Map<String, Entry> entries = new TreeMap<>();
    OwnFile own = new OwnFile(path);
    byte[] text = own.foreign() == null && !isLarge() ? own.read() : null;
    if (text == null) {
      return entries;
    }
    List<String> block = new ArrayList<>();
    // Whatever bytes a foreign file has: it must not keep ours from being written.
    for (String line : new String(text, UTF_8).lines().toList()) {
      if (line.startsWith(SITE)) {
        add(entries, block);
        block.clear();
      }
      block.add(line);
    }
    add(entries, block);
    return entries;
  }

  private boolean isLarge() throws IOException {
    return Files.exists(path) && Files.size(path) > OwnFile.LARGEST;
  }

  boolean exists() {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static void add(Map<String, Entry> entries, List<String> block) {
    if (block.isEmpty() || !block.get(0).startsWith(SITE)) {
      return;
    }
    Instant since = moment(block, SINCE);
    Instant last = moment(block, LAST);
    if (since != null && last != null) {
      StringJoiner text = new StringJoiner("\n");
      block.stream()
          .filter(line -> line.startsWith(TEXT))
          .map(line -> line.substring(TEXT.length()))
          .forEach(text::add);
      entries.put(block.get(0).substring(SITE.length()), new Entry(since, last, text.toString()));
    }
  }

  private static @Nullable Instant moment(List<String> block, String name) {
    try {
      return block.stream()
          .filter(line -> line.startsWith(name))
          .findFirst()
          .map(line -> Instant.parse(line.substring(name.length())))
          .orElse(null);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** Replaces the file, whole; without entries it goes. */
  void write(Map<String, Entry> entries) throws IOException {
    new OwnFile(path).requireOwn();
    if (entries.isEmpty()) {
      Files.deleteIfExists(path);
      return;
    }
    StringJoiner blocks = new StringJoiner("\n");
    entries.forEach((site, entry) -> blocks.add(block(site, entry)));
    Files.createDirectories(path.getParent());
    Path draft = path.resolveSibling("." + path.getFileName() + ".tmp");
    Files.deleteIfExists(draft);
    // A new file: what has its name may be a link.
    Files.writeString(
        draft, blocks.toString(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String block(String site, Entry entry) {
    StringBuilder block = new StringBuilder(SITE + site + "\n");
    block.append(SINCE).append(entry.since()).append('\n');
    block.append(LAST).append(entry.last()).append('\n');
    entry.text().lines().forEach(line -> block.append(TEXT).append(line).append('\n'));
    return block.toString();
  }
}
