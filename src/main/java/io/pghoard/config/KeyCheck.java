// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.JsonValue.BooleanValue;
import io.pghoard.config.JsonValue.ListValue;
import io.pghoard.config.JsonValue.Member;
import io.pghoard.config.JsonValue.NullValue;
import io.pghoard.config.JsonValue.ObjectValue;
import org.jspecify.annotations.Nullable;

/** Answers the keys that are not read: unknown ones, those that are gone, those yet to come. */
record KeyCheck(Keys keys, Problems problems) {
  void check(String name, Member member) {
    Key key = keys.byName().get(name);
    if (key == null) {
      problems.add(member.place(), "unknown key " + keys.where(), suggestion(name));
      return;
    }
    boolean emptyIsNothing = key.fate() == Key.Fate.LATER_UNLESS_EMPTY;
    switch (key.fate()) {
      case READ -> {}
      case GONE -> problems.add(member.place(), "this key no longer exists", key.answer());
      case LATER, LATER_UNLESS_EMPTY -> {
        if (!asksForNothing(member.value(), emptyIsNothing)) {
          problems.add(member.place(), "this is not supported yet", key.answer());
        }
      }
    }
  }

  private String suggestion(String name) {
    String elsewhere = Keys.elsewhere(name);
    return elsewhere != null
        ? "it belongs " + elsewhere
        : "the nearest known key is " + NearestKey.of(name, keys.names());
  }

  private static boolean asksForNothing(@Nullable JsonValue value, boolean emptyIsNothing) {
    if (value instanceof BooleanValue truth) {
      return !truth.value();
    }
    if (value instanceof ObjectValue object) {
      return emptyIsNothing && object.members().isEmpty();
    }
    if (value instanceof ListValue list) {
      return emptyIsNothing && list.elements().isEmpty();
    }
    return value instanceof NullValue;
  }
}
