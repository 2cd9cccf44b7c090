// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.spi.Registry;
import org.jspecify.annotations.Nullable;

/**
 * Whether what a route file calls is there: the methods of beans, and the routes that it goes to.
 * Camel looks for both only when the first message arrives.
 *
 * @param beans the beans by name
 * @param consumed the {@code direct:} endpoints that a route begins with
 */
record RouteCallCheck(Registry beans, Set<String> consumed) {
  /** A call of something that is not there. */
  record Wrong(int line, String cause) {}

  /** The calls of a file that would fail. */
  List<Wrong> wrong(String name, String text) throws Exception {
    List<Wrong> wrong = new ArrayList<>();
    RouteCallReader reader = new RouteCallReader(name, text);
    if (reader.isEmpty()) {
      wrong.add(new Wrong(0, "it holds no route"));
    }
    for (RouteCall call : reader.calls()) {
      String cause = cause(call);
      if (cause != null) {
        wrong.add(new Wrong(call.line(), cause));
      }
    }
    return wrong;
  }

  /** What is wrong with a file that takes a shipped one's place, and that others go to. */
  static @Nullable Wrong place(String name, String shipped, Set<String> consumed) {
    String endpoint = "direct:" + name.substring(0, name.indexOf('.'));
    boolean goesThere = shipped.contains("uri: " + endpoint + "\n");
    return goesThere && !isConsumed(endpoint, consumed)
        ? new Wrong(0, "no route begins with %s, to which shipped routes go".formatted(endpoint))
        : null;
  }

  private @Nullable String cause(RouteCall call) {
    if (call.method() == null) {
      return isConsumed(call.target(), consumed)
          ? null
          : "no route begins with %s, so what goes there would fail".formatted(call.target());
    }
    Object bean = beans.lookupByName(call.target());
    // Where there is no bean, Camel says so itself, or takes it for the name of a class.
    return bean == null ? null : method(call.target(), bean.getClass(), call.method());
  }

  private static @Nullable String method(String bean, Class<?> type, String call) {
    int open = call.indexOf('(');
    String name = (open < 0 ? call : call.substring(0, open)).strip();
    List<Method> named =
        Arrays.stream(type.getMethods()).filter(method -> method.getName().equals(name)).toList();
    if (name.isEmpty() || name.contains("{")) {
      return null;
    }
    if (named.isEmpty()) {
      Set<String> others = new TreeSet<>();
      Arrays.stream(type.getMethods())
          .filter(method -> method.getDeclaringClass() != Object.class)
          .forEach(method -> others.add(method.getName()));
      return "the bean %s has no method %s; it has %s"
          .formatted(bean, name, String.join(", ", others));
    }
    if (open >= 0) {
      int arguments = arguments(call.substring(open));
      if (named.stream().noneMatch(method -> takes(method, arguments, named.size() == 1))) {
        return "the method %s of the bean %s takes %d arguments, not %d"
            .formatted(name, bean, named.get(0).getParameterCount(), arguments);
      }
    }
    return null;
  }

  /**
   * Camel fills in what it knows itself, such as the exchange, and passes over what is too much.
   */
  private static boolean takes(Method method, int arguments, boolean sole) {
    int parameters = method.getParameterCount();
    long ours =
        Arrays.stream(method.getParameterTypes())
            .filter(type -> !type.getName().startsWith("org.apache.camel."))
            .count();
    return method.isVarArgs()
        || parameters == arguments
        || (sole && arguments > parameters)
        || (arguments > 0 && ours <= arguments && arguments <= parameters);
  }

  /** A placeholder in what a route begins with, a parameter of a template say, may be anything. */
  private static boolean isConsumed(String target, Set<String> consumed) {
    return consumed.contains(target)
        || consumed.stream()
            .filter(each -> each.contains("{{"))
            .anyMatch(
                each ->
                    target.matches(
                        Arrays.stream(each.split("\\{\\{.*?}}", -1))
                            .map(Pattern::quote)
                            .collect(Collectors.joining(".*"))));
  }

  /** How many arguments are between the parentheses that a text begins with. */
  private static int arguments(String text) {
    int depth = 0;
    int commas = 0;
    boolean any = false;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
        continue;
      }
      if (c == '\'' || c == '"') {
        quote = c;
        any = true;
      } else if (c == '(' || c == '{' || c == '[') {
        any |= depth > 0;
        depth++;
      } else if (c == ')' || c == '}' || c == ']') {
        depth--;
        if (depth == 0) {
          break;
        }
      } else if (depth == 1 && c == ',') {
        commas++;
      } else {
        any |= !Character.isWhitespace(c);
      }
    }
    return any ? commas + 1 : 0;
  }
}
