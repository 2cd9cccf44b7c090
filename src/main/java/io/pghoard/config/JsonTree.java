// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.pghoard.config.JsonValue.BooleanValue;
import io.pghoard.config.JsonValue.ListValue;
import io.pghoard.config.JsonValue.Member;
import io.pghoard.config.JsonValue.NullValue;
import io.pghoard.config.JsonValue.NumberValue;
import io.pghoard.config.JsonValue.ObjectValue;
import io.pghoard.config.JsonValue.TextValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a JSON text into values that know their places; a key that is there twice is a problem. */
final class JsonTree {
  private static final JsonFactory JSON = new JsonFactory();

  private final JsonParser parser;
  private final Problems problems;

  private JsonTree(JsonParser parser, Problems problems) {
    this.parser = parser;
    this.problems = problems;
  }

  /**
   * Reads one value and refuses what follows it.
   *
   * @throws com.fasterxml.jackson.core.JsonProcessingException when the text is not JSON
   */
  static JsonValue read(String text, Problems problems) throws IOException {
    try (JsonParser parser = JSON.createParser(text)) {
      parser.nextToken();
      JsonValue value = new JsonTree(parser, problems).value("$");
      if (parser.nextToken() != null) {
        JsonLocation rest = parser.currentTokenLocation();
        problems.add(
            new Place("$", rest.getLineNr(), rest.getColumnNr()),
            "something follows the end of the configuration",
            "there is one } too many before it, or it must be removed");
      }
      return value;
    }
  }

  private JsonValue value(String path) throws IOException {
    Place place = place(path);
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(place);
      case START_ARRAY -> list(place);
      case VALUE_STRING -> new TextValue(place, parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new NumberValue(place, parser.getText());
      case VALUE_TRUE, VALUE_FALSE -> new BooleanValue(place, parser.getBooleanValue());
      case VALUE_NULL -> new NullValue(place);
      default -> throw new IllegalStateException("no value starts with " + parser.currentToken());
    };
  }

  private ObjectValue object(Place place) throws IOException {
    Map<String, Member> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      Place keyPlace = place(Place.member(place.path(), key));
      parser.nextToken();
      JsonValue value = value(keyPlace.path());
      Member first = members.putIfAbsent(key, new Member(keyPlace, value));
      if (first != null) {
        problems.add(
            keyPlace,
            "the key occurs twice, first in line " + first.place().line(),
            "remove one of the two");
      }
    }
    return new ObjectValue(place, members);
  }

  private ListValue list(Place place) throws IOException {
    List<JsonValue> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(value(Place.element(place.path(), elements.size())));
    }
    return new ListValue(place, elements);
  }

  private Place place(String path) {
    JsonLocation start = parser.currentTokenLocation();
    return new Place(path, start.getLineNr(), start.getColumnNr());
  }
}
