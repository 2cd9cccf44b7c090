// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * libpq's connection URI, every part of which may be percent-encoded or left out.
 *
 * <pre>
 * postgresql://[user[:password]@][host[:port][,host[:port]...]][/dbname][?keyword=value[&amp;...]]
 * </pre>
 *
 * <p>Its messages never quote the URI: it may hold a password.
 */
final class ConnectionUri {
  private final Map<String, String> parameters = new LinkedHashMap<>();

  private ConnectionUri() {}

  static boolean isUri(String text) {
    return text.startsWith("postgresql://") || text.startsWith("postgres://");
  }

  static Map<String, String> parse(String text) {
    return new ConnectionUri().parts(text.substring(text.indexOf("://") + 3));
  }

  private Map<String, String> parts(String text) {
    // libpq looks for the user's part first: a password may hold a question mark, but no slash.
    int slash = text.indexOf('/');
    int at = text.indexOf('@');
    boolean hasUser = at >= 0 && (slash < 0 || at < slash);
    if (hasUser) {
      user(text.substring(0, at));
    }
    String rest = hasUser ? text.substring(at + 1) : text;
    int question = rest.indexOf('?');
    String place = question < 0 ? rest : rest.substring(0, question);
    int path = place.indexOf('/');
    hosts(path < 0 ? place : place.substring(0, path));
    put("dbname", path < 0 ? "" : place.substring(path + 1));
    if (question >= 0 && question + 1 < rest.length()) {
      query(rest.substring(question + 1));
    }
    return parameters;
  }

  private void user(String text) {
    int colon = text.indexOf(':');
    put("user", colon < 0 ? text : text.substring(0, colon));
    put("password", colon < 0 ? "" : text.substring(colon + 1));
  }

  private void hosts(String text) {
    List<String> hosts = new ArrayList<>();
    List<String> ports = new ArrayList<>();
    for (String each : text.split(",", -1)) {
      int end = each.startsWith("[") ? bracket(each) : each.indexOf(':');
      String after = end < 0 ? "" : each.substring(end);
      if (!after.isEmpty() && !after.startsWith(":")) {
        throw new IllegalArgumentException("the URI has something between a ] and its port");
      }
      String host = end < 0 ? each : each.substring(0, end);
      hosts.add(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
      ports.add(after.isEmpty() ? "" : after.substring(1));
    }
    put("host", hosts.stream().allMatch(String::isEmpty) ? "" : String.join(",", hosts));
    put("port", ports.stream().allMatch(String::isEmpty) ? "" : String.join(",", ports));
  }

  /** Where the brackets around an IPv6 address end. */
  private static int bracket(String host) {
    int end = host.indexOf(']') + 1;
    if (end < 3) {
      throw new IllegalArgumentException("the URI has a [ with no IPv6 address and ] after it");
    }
    return end;
  }

  private void query(String text) {
    for (String pair : text.split("&", -1)) {
      String[] sides = pair.split("=", -1);
      if (sides.length != 2 || sides[0].isEmpty()) {
        throw new IllegalArgumentException(
            "the URI has a parameter after its ? that is not keyword=value with one =");
      }
      String keyword = decoded(sides[0]);
      String value = decoded(sides[1]);
      // What JDBC writes; libpq has this one exception for it.
      boolean jdbc = keyword.equals("ssl") && value.equals("true");
      parameters.put(jdbc ? "sslmode" : keyword, jdbc ? "require" : value);
    }
  }

  private void put(String keyword, String encoded) {
    if (!encoded.isEmpty()) {
      parameters.put(keyword, decoded(encoded));
    }
  }

  private static String decoded(String encoded) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int at = 0; at < encoded.length(); ) {
      if (encoded.charAt(at) == '%') {
        bytes.write(escape(encoded, at + 1));
        at += 3;
      } else {
        int next = encoded.offsetByCodePoints(at, 1);
        bytes.writeBytes(encoded.substring(at, next).getBytes(StandardCharsets.UTF_8));
        at = next;
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException notUtf8) {
      throw new IllegalArgumentException(
          "the URI has percent-encoded bytes that are not UTF-8", notUtf8);
    }
  }

  private static int escape(String encoded, int at) {
    int high = at < encoded.length() ? Character.digit(encoded.charAt(at), 16) : -1;
    int low = at + 1 < encoded.length() ? Character.digit(encoded.charAt(at + 1), 16) : -1;
    if (high < 0 || low < 0 || high + low == 0) {
      throw new IllegalArgumentException(
          "the URI has a % without two hex digits other than 00 after it (%25 is the sign itself)");
    }
    return high * 16 + low;
  }
}
