// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A plain sentence for a text that is not JSON. Jackson's own messages quote the text, which may be
 * a password; these do not.
 */
final class JsonMistake {
  private JsonMistake() {}

  private record Sentence(String jacksonSays, String cause, String remedy) {
    Sentence saying(String words) {
      return new Sentence(words, cause, remedy);
    }
  }

  private static final Sentence NO_VALUE =
      new Sentence(
          "",
          "expected a value here",
          "put texts in double quotes and a digit before a decimal point; true, false and null are"
              + " written in small letters");

  private static final Sentence NOT_A_NUMBER =
      new Sentence("", "this is not a valid JSON number", "write it as 12, -3 or 0.5");

  /** In this order: the first one whose words are in Jackson's message. */
  private static final List<Sentence> SENTENCES =
      List.of(
          new Sentence("comment", "JSON does not allow comments", "remove it"),
          new Sentence(
              "double-quote to start field name",
              "expected a key in double quotes here",
              "quote the key, or remove the comma before the closing brace"),
          new Sentence(
              "expecting comma",
              "expected a comma, or the end of the object or list, here",
              "put a comma between two entries, and check that brackets and quotes are closed"),
          new Sentence(
              "expecting a colon",
              "expected a colon between a key and its value",
              "write \"key\": value"),
          new Sentence(
              "CTRL-CHAR",
              "JSON does not allow an unescaped control character",
              "close the text's quotes before the end of its line, and write \\n or \\t inside it"),
          new Sentence(
              "character escape",
              "a backslash in a text is followed by an invalid character",
              "write \\\\ for a backslash"),
          new Sentence("Leading zeroes", "a number starts with a zero", "remove the leading zeros"),
          NO_VALUE.saying("expected a valid value"),
          NO_VALUE.saying("expected a value"),
          NOT_A_NUMBER.saying("ecimal point"),
          NOT_A_NUMBER.saying("minus sign"),
          NOT_A_NUMBER.saying("Non-standard token"),
          NOT_A_NUMBER.saying("numeric value"),
          new Sentence(
              "nesting depth",
              "brackets are nested too deeply",
              "name pghoard.json, not another file"),
          new Sentence(
              "Unrecognized token",
              "there is a word without quotes here",
              "put texts in double quotes; true, false and null are written in small letters"),
          new Sentence(
              "close marker",
              "a bracket is closed by one of the other kind",
              "close { with } and [ with ]"));

  static Problem of(JsonProcessingException mistake) {
    Place place = place(mistake.getLocation());
    if (mistake instanceof JsonEOFException) {
      return Problem.at(
          place,
          "the file ends in the middle of a value",
          "close every brace, bracket and quote; perhaps the file was saved in part only");
    }
    String said = mistake.getOriginalMessage();
    return SENTENCES.stream()
        .filter(sentence -> said.contains(sentence.jacksonSays()))
        .findFirst()
        .map(sentence -> Problem.at(place, sentence.cause(), sentence.remedy()))
        .orElseGet(() -> Problem.at(place, "this is not JSON", "write it as RFC 8259 describes"));
  }

  private static Place place(@Nullable JsonLocation location) {
    return location == null
        ? new Place("$", 0, 0)
        : new Place("$", location.getLineNr(), location.getColumnNr());
  }
}
