// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.codec.FileNameBytes;
import java.util.TreeSet;

/** Names for a message, of which there may be millions: the first ones, and how many there are. */
final class SomeNames {
  private static final int SHOWN = 10;

  private final TreeSet<String> some = new TreeSet<>();
  private int count;

  synchronized void add(String name) {
    count++;
    some.add(FileNameBytes.shown(name));
    if (some.size() > SHOWN) {
      some.pollLast();
    }
  }

  synchronized boolean isEmpty() {
    return count == 0;
  }

  @Override
  public synchronized String toString() {
    return String.join(", ", some) + (count > some.size() ? ", ... (%d)".formatted(count) : "");
  }
}
