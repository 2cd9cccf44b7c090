// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.JsonValue.BooleanValue;
import io.pghoard.config.JsonValue.ListValue;
import io.pghoard.config.JsonValue.Member;
import io.pghoard.config.JsonValue.NullValue;
import io.pghoard.config.JsonValue.NumberValue;
import io.pghoard.config.JsonValue.ObjectValue;
import io.pghoard.config.JsonValue.TextValue;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One object of pghoard.json with the keys that it may have.
 *
 * <p>A value of the wrong kind becomes a problem, and its default stands in for it so that reading
 * goes on. Where the default is null, null in the file means the same as leaving the key out.
 */
final class Section {
  private final ObjectValue object;
  private final Problems problems;

  /** Every key that is not read is a problem from here on. */
  Section(ObjectValue object, Keys keys, Problems problems) {
    this.object = object;
    this.problems = problems;
    KeyCheck check = new KeyCheck(keys, problems);
    object.members().forEach(check::check);
  }

  Problems problems() {
    return problems;
  }

  Place place() {
    return object.place();
  }

  /** Where the value of a key stands, or where it would. */
  Place place(String key) {
    Member member = object.members().get(key);
    return member == null
        ? new Place(Place.member(place().path(), key), place().line(), place().column())
        : member.value().place();
  }

  /** Whether the key is there, null or not. */
  boolean has(String key) {
    return object.members().containsKey(key);
  }

  boolean isNull(String key) {
    Member member = object.members().get(key);
    return member != null && member.value() instanceof NullValue;
  }

  /** Whether the key is there and is not null. */
  boolean isSet(String key) {
    return has(key) && !isNull(key);
  }

  boolean isEmptyList(String key) {
    Member member = object.members().get(key);
    return member != null && member.value() instanceof ListValue list && list.elements().isEmpty();
  }

  /** Tells what is wrong with the value of a key, or with its absence. */
  void wrong(String key, String cause, String remedy) {
    problems.add(place(key), cause, remedy);
  }

  void missing(String key, String remedy) {
    wrong(key, "the key is missing", remedy);
  }

  @Nullable String text(String key) {
    TextValue text = isNull(key) ? null : value(key, TextValue.class, "a text in double quotes");
    return text == null ? null : text.text();
  }

  String text(String key, String whenMissing) {
    TextValue text = value(key, TextValue.class, "a text in double quotes");
    return text == null ? whenMissing : text.text();
  }

  /** A text that is one of these, or the one for a missing key. */
  String choice(String key, String whenMissing, List<String> choices) {
    String text = text(key, whenMissing);
    if (choices.contains(text)) {
      return text;
    }
    String nearest = NearestKey.of(text, choices);
    wrong(
        key,
        "\"" + text + "\" is not one of " + String.join(", ", choices),
        "the nearest is \"" + nearest + "\"");
    return whenMissing;
  }

  boolean truth(String key, boolean whenMissing) {
    BooleanValue truth = value(key, BooleanValue.class, "true or false, without quotes");
    return truth == null ? whenMissing : truth.value();
  }

  @Nullable Long whole(String key, Range range) {
    return isNull(key) ? null : number(key, range);
  }

  long whole(String key, long whenMissing, Range range) {
    return Objects.requireNonNullElse(number(key, range), whenMissing);
  }

  int whole(String key, int whenMissing, Range range) {
    return Math.toIntExact(whole(key, (long) whenMissing, range));
  }

  private @Nullable Long number(String key, Range range) {
    NumberValue number = value(key, NumberValue.class, range.toString());
    if (number == null) {
      return null;
    }
    try {
      long whole = Long.parseLong(number.digits());
      if (range.holds(whole)) {
        return whole;
      }
    } catch (NumberFormatException fractionOrHuge) {
      // The same answer as for a whole number that is out of range.
    }
    wrong(key, number.shown() + " is not " + range, "write " + range);
    return null;
  }

  /** A number of any kind, fractions too. */
  @Nullable Double fraction(String key, Range range) {
    NumberValue number = value(key, NumberValue.class, range.ofAnyNumber());
    if (number == null) {
      return null;
    }
    double fraction = Double.parseDouble(number.digits());
    if (fraction > range.from() && fraction <= range.to()) {
      return fraction;
    }
    wrong(key, number.shown() + " is not " + range.ofAnyNumber(), "write " + range.ofAnyNumber());
    return null;
  }

  @Nullable Path absolutePath(String key) {
    return isSet(key) ? absolutePath(place(key), text(key)) : null;
  }

  Path absolutePath(String key, Path whenMissing) {
    Path path = absolutePath(place(key), text(key, whenMissing.toString()));
    return path == null ? whenMissing : path;
  }

  /** The absolute paths of a list; an empty list when the key is missing. */
  List<Path> absolutePaths(String key) {
    return list(key).stream()
        .map(
            element -> {
              if (element instanceof TextValue text) {
                return absolutePath(text.place(), text.text());
              }
              wrongKind(element, "an absolute path in double quotes");
              return null;
            })
        .filter(Objects::nonNull)
        .toList();
  }

  List<String> texts(String key) {
    return list(key).stream()
        .map(
            element -> {
              if (element instanceof TextValue text) {
                return text.text();
              }
              wrongKind(element, "a text in double quotes");
              return null;
            })
        .filter(Objects::nonNull)
        .toList();
  }

  /** A path, absolute or not. */
  @Nullable Path path(String key) {
    return isSet(key) ? path(place(key), text(key)) : null;
  }

  private @Nullable Path absolutePath(Place place, @Nullable String text) {
    Path path = path(place, text);
    if (path == null || path.isAbsolute()) {
      return path == null ? null : path.normalize();
    }
    problems.add(
        place, "\"" + text + "\" is not an absolute path", "write the whole path, starting with /");
    return null;
  }

  private @Nullable Path path(Place place, @Nullable String text) {
    try {
      return text == null ? null : Path.of(text);
    } catch (InvalidPathException impossible) {
      problems.add(place, "this is not a valid file name", "remove the zero character");
      return null;
    }
  }

  /** The elements of a list; none when the key is missing. */
  List<JsonValue> list(String key) {
    ListValue list = value(key, ListValue.class, "a list in [ ]");
    return list == null ? List.of() : list.elements();
  }

  @Nullable ObjectValue object(String key) {
    return isNull(key) ? null : value(key, ObjectValue.class, "an object in { }");
  }

  private <T extends JsonValue> @Nullable T value(String key, Class<T> kind, String expected) {
    Member member = object.members().get(key);
    if (member == null) {
      return null;
    }
    if (kind.isInstance(member.value())) {
      return kind.cast(member.value());
    }
    wrongKind(member.value(), expected);
    return null;
  }

  private void wrongKind(JsonValue value, String expected) {
    problems.add(value.place(), "the value is " + value.kind(), "write " + expected);
  }
}
