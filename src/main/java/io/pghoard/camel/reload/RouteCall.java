// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a route file calls.
 *
 * @param line of the file
 * @param target the name of a bean; or, without a method, a {@code direct:} endpoint
 * @param method as it is written, with its arguments; null for an endpoint
 */
record RouteCall(int line, String target, @Nullable String method) {
  private static final String BEAN = "bean:";
  private static final String DIRECT = "direct:";

  /** {@code ${bean:restoreProcess?method=program}}, also with a dot or two colons. */
  private static final Pattern SIMPLE =
      Pattern.compile("\\$\\{bean:([A-Za-z0-9_-]+)(?:\\?method=|\\.|::)([A-Za-z0-9_]+)");

  private static final Pattern METHOD = Pattern.compile("[?&]method=(.*?)(?=&[A-Za-z]+=|$)");

  /** The call that an endpoint's address means; null when it is none of these. */
  static @Nullable RouteCall ofUri(int line, String uri, @Nullable String method) {
    if (uri.startsWith(DIRECT)) {
      String plain = uri.replaceFirst("\\?.*", "").replaceFirst("^direct://", DIRECT);
      boolean computed = plain.contains("{");
      return computed ? null : new RouteCall(line, plain, null);
    }
    if (!uri.startsWith(BEAN)) {
      return null;
    }
    String rest = uri.substring(BEAN.length());
    int options = rest.indexOf('?');
    Matcher inline = METHOD.matcher(rest);
    String named = method != null ? method : inline.find() ? inline.group(1) : null;
    return named == null
        ? null
        : new RouteCall(line, options < 0 ? rest : rest.substring(0, options), named);
  }

  /** The calls within an expression or a text. */
  static List<RouteCall> inText(int line, String text) {
    return SIMPLE
        .matcher(text)
        .results()
        .map(call -> new RouteCall(line, call.group(1), call.group(2)))
        .toList();
  }
}
