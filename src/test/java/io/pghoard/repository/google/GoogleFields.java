// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The parameter {@code fields}: what is asked for of an answer, "nextPageToken,items(name)". */
record GoogleFields(Map<String, GoogleFields> inner) {
  static GoogleFields parse(String text) throws GoogleError {
    Map<String, GoogleFields> fields = new LinkedHashMap<>();
    int start = 0;
    while (start < text.length()) {
      int end = start;
      while (end < text.length() && ",(".indexOf(text.charAt(end)) < 0) {
        end++;
      }
      String name = text.substring(start, end);
      GoogleFields inner = new GoogleFields(Map.of());
      if (end < text.length() && text.charAt(end) == '(') {
        int close = text.indexOf(')', end);
        if (close < 0) {
          throw GoogleError.invalid("Invalid field selection " + text);
        }
        inner = parse(text.substring(end + 1, close));
        end = close + 1;
      }
      fields.put(name, inner);
      start = end + 1;
    }
    return new GoogleFields(fields);
  }

  JsonNode of(JsonNode json) {
    if (inner.isEmpty()) {
      return json;
    }
    if (json instanceof ArrayNode all) {
      ArrayNode some = GoogleCall.JSON.createArrayNode();
      all.forEach(each -> some.add(of(each)));
      return some;
    }
    ObjectNode some = GoogleCall.JSON.createObjectNode();
    inner.forEach(
        (name, fields) -> {
          if (json.has(name)) {
            some.set(name, fields.of(json.get(name)));
          }
        });
    return some;
  }
}
