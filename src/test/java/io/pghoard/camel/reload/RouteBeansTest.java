// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.camel.RunningService;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.spi.Registry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The methods of beans that routes may call are those that the shipped ones do. */
class RouteBeansTest {
  @Test
  void documentedMethods_areThoseThatShippedRoutesCall(@TempDir Path home) throws Exception {
    try (RunningService service = new RunningService(home)) {
      Registry beans = service.service().context().getRegistry();
      Map<String, TreeSet<String>> methods = new TreeMap<>();
      for (RouteCall call : shippedCalls()) {
        String called = call.method();
        if (called != null) {
          methods
              .computeIfAbsent(call.target(), bean -> new TreeSet<>())
              .add(signature(beans.lookupByName(call.target()), called));
        }
      }
      assertThat(documented())
          .containsExactlyElementsOf(
              methods.entrySet().stream()
                  .map(bean -> row(bean.getKey(), bean.getValue()))
                  .toList());
    }
  }

  private static String row(String bean, Set<String> methods) {
    return "| `%s` | %s |"
        .formatted(
            bean,
            methods.stream().map(method -> "`" + method + "`").collect(Collectors.joining(", ")));
  }

  private static String signature(Object bean, String called) {
    String name = called.replaceFirst("\\(.*", "");
    assertThat(bean.getClass().getMethods()).extracting(Method::getName).contains(name);
    return name;
  }

  private static List<RouteCall> shippedCalls() throws Exception {
    List<Path> files;
    try (Stream<Path> all = Files.list(Path.of("src/main/resources/routes"))) {
      files = all.sorted().toList();
    }
    List<RouteCall> calls = new ArrayList<>();
    for (Path file : files) {
      calls.addAll(
          new RouteCallReader(file.getFileName().toString(), Files.readString(file)).calls());
    }
    return calls;
  }

  private static List<String> documented() throws IOException {
    String page = Files.readString(Path.of("docs/routes.md"));
    String section = page.substring(page.indexOf("## What routes may call"));
    return section
        .substring(0, section.indexOf("\n## ", 1))
        .lines()
        .filter(line -> line.startsWith("| `"))
        .toList();
  }
}
