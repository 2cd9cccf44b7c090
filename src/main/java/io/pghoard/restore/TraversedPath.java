// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What the system passes when it looks a path up: each directory and each link, as far as they
 * exist, the path itself with them.
 */
final class TraversedPath {
  /** As many links as Linux follows: path_resolution(7). */
  private static final int MOST_LINKS = 40;

  private final Set<Path> passed = new LinkedHashSet<>();
  private final Deque<Path> rest = new ArrayDeque<>();
  private Path at;
  private int links;

  private TraversedPath(Path root) {
    at = root;
  }

  static Set<Path> of(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    TraversedPath walk = new TraversedPath(absolute.getRoot());
    walk.passed.add(walk.at);
    absolute.forEach(walk.rest::add);
    while (!walk.rest.isEmpty()) {
      walk.step(walk.rest.pop());
    }
    return walk.passed;
  }

  private void step(Path name) throws IOException {
    Path next = at.resolve(name).normalize();
    if (!Files.isSymbolicLink(next)) {
      at = next;
      if (Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
        passed.add(at);
      }
      return;
    }
    passed.add(next);
    if (++links > MOST_LINKS) {
      throw new RestoreRefusedException(next + " is one of too many links, or leads to itself");
    }
    Path target = Files.readSymbolicLink(next);
    if (target.isAbsolute()) {
      at = target.getRoot();
    }
    for (int i = target.getNameCount() - 1; i >= 0; i--) {
      rest.push(target.getName(i));
    }
  }
}
