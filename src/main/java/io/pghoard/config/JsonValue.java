// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.util.List;
import java.util.Map;

/**
 * A value of a JSON file, with its place. Its texts may be secrets: toString shows the place only.
 */
sealed interface JsonValue {
  Place place();

  /** What kind of value this is, as a message names it. */
  String kind();

  /** A key of an object with its value; the place is the key's. */
  record Member(Place place, JsonValue value) {}

  /** An object; the first one counts where a key is there twice. */
  record ObjectValue(Place place, Map<String, Member> members) implements JsonValue {
    @Override
    public String kind() {
      return "an object";
    }

    @Override
    public String toString() {
      return kind() + " at " + place;
    }
  }

  /** A list. */
  record ListValue(Place place, List<JsonValue> elements) implements JsonValue {
    @Override
    public String kind() {
      return "a list";
    }

    @Override
    public String toString() {
      return kind() + " at " + place;
    }
  }

  /** A text. */
  record TextValue(Place place, String text) implements JsonValue {
    @Override
    public String kind() {
      return "a text";
    }

    @Override
    public String toString() {
      return kind() + " at " + place;
    }
  }

  /** A number, as it is written: the digits of a wrong one may be more than any type holds. */
  record NumberValue(Place place, String digits) implements JsonValue {
    /** The number as a message shows it: not more than a line. */
    String shown() {
      return digits.length() <= 24 ? digits : digits.substring(0, 24) + "...";
    }

    @Override
    public String kind() {
      return "a number";
    }
  }

  /** true or false. */
  record BooleanValue(Place place, boolean value) implements JsonValue {
    @Override
    public String kind() {
      return Boolean.toString(value);
    }
  }

  /** null. */
  record NullValue(Place place) implements JsonValue {
    @Override
    public String kind() {
      return "null";
    }
  }
}
