// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The operator's own route files as they were at one moment: their texts by file name. */
record RouteSet(Map<String, String> texts) {
  static final RouteSet EMPTY = new RouteSet(Map.of());

  RouteSet {
    texts = Collections.unmodifiableMap(new TreeMap<>(texts));
  }

  boolean isEmpty() {
    return texts.isEmpty();
  }

  RouteSet only(Predicate<String> wanted) {
    Map<String, String> some = new TreeMap<>(texts);
    some.keySet().removeIf(wanted.negate());
    return new RouteSet(some);
  }

  /** The files that only one of the two has, or that differ. */
  Set<String> changed(RouteSet other) {
    Set<String> names = new TreeSet<>(texts.keySet());
    names.addAll(other.texts.keySet());
    names.removeIf(name -> Objects.equals(texts.get(name), other.texts.get(name)));
    return names;
  }
}
