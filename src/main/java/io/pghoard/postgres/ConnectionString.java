// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * libpq's two ways to write connection parameters in one line: a key=value string and a URI.
 *
 * <pre>
 * host=db.example port = 5432 password='with \' and spaces'
 * </pre>
 *
 * <p>Its messages tell the place in the text and never quote it: it may be a password.
 */
public final class ConnectionString {
  private final String text;
  private final Map<String, String> parameters = new LinkedHashMap<>();
  private int at;

  private ConnectionString(String text) {
    this.text = text;
  }

  /**
   * Reads the parameters, whatever their keywords are; of a keyword that is there twice, the last
   * one counts, as in libpq.
   *
   * @throws IllegalArgumentException when the text is neither a key=value string nor a URI
   */
  public static Map<String, String> parse(String text) {
    return ConnectionUri.isUri(text)
        ? ConnectionUri.parse(text)
        : new ConnectionString(text).parameters();
  }

  private Map<String, String> parameters() {
    skipSpace();
    while (at < text.length()) {
      String keyword = keyword();
      parameters.put(keyword, text.startsWith("'", at) ? quoted() : plain());
      skipSpace();
    }
    return parameters;
  }

  private String keyword() {
    int start = at;
    while (at < text.length() && text.charAt(at) != '=' && !isSpace(text.charAt(at))) {
      at++;
    }
    String keyword = text.substring(start, at);
    skipSpace();
    if (keyword.isEmpty() || !text.startsWith("=", at)) {
      throw new IllegalArgumentException(
          "the connection string has no key=value at character "
              + (start + 1)
              + " (a value with spaces must be in single quotes)");
    }
    at++;
    skipSpace();
    return keyword;
  }

  private String plain() {
    StringBuilder value = new StringBuilder();
    while (at < text.length() && !isSpace(text.charAt(at))) {
      value.append(unescaped());
    }
    return value.toString();
  }

  private String quoted() {
    int start = at++;
    StringBuilder value = new StringBuilder();
    while (!text.startsWith("'", at)) {
      if (at >= text.length()) {
        throw new IllegalArgumentException(
            "the connection string has a quote at character " + (start + 1) + " that never ends");
      }
      value.append(unescaped());
    }
    at++;
    return value.toString();
  }

  /** The next character; a backslash before it makes it stand for itself. */
  private String unescaped() {
    if (text.charAt(at) == '\\') {
      at++;
    }
    return at < text.length() ? String.valueOf(text.charAt(at++)) : "";
  }

  private void skipSpace() {
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
  }

  /** What C's isspace says in the C locale. */
  private static boolean isSpace(char c) {
    return c == ' ' || ('\t' <= c && c <= '\r');
  }
}
