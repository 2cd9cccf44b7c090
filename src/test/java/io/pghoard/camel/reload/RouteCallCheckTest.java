// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.apache.camel.support.DefaultRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a route calls is there, or it is said by name and line what is not. */
class RouteCallCheckTest {
  /** A bean that routes call. */
  public static final class Greeter {
    public String greet(String name, int times) {
      return name.repeat(times);
    }

    public String bye() {
      return "bye";
    }
  }

  private final DefaultRegistry beans = new DefaultRegistry();

  RouteCallCheckTest() {
    beans.bind("greeter", new Greeter());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "to: bean:greeter?method=bye                                        |",
        "to: bean:greeter?method=by                                         | the bean greeter has no method by; it has bye, greet",
        "to: {uri: bean:greeter, parameters: {method: by}}                  | the bean greeter has no method by; it has bye, greet",
        "to: {uri: 'bean:greeter', parameters: {method: 'greet(${body}, 2)'}} |",
        "to: {uri: 'bean:greeter', parameters: {method: \"greet('a)', 2)\"}} |",
        "to: {uri: 'bean:greeter', parameters: {method: 'greet(${variable.a.b(1,2)})'}} | the method greet of the bean greeter takes 2 arguments, not 1",
        "setBody: {method: {ref: greeter, method: bye}}                     |",
        "setBody: {method: {ref: greeter, method: byebye}}                  | the bean greeter has no method byebye; it has bye, greet",
        "setBody: {simple: 'so: ${bean:greeter?method=bye}'}                |",
        "setBody: {simple: 'so: ${bean:greeter.hi}'}                        | the bean greeter has no method hi; it has bye, greet",
        "bean: {ref: greeter, method: hi}                                   | the bean greeter has no method hi; it has bye, greet",
        "wireTap: {uri: direct:here}                                        |",
        "to: {uri: direct, parameters: {name: here}}                        |",
        "to: {uri: direct, parameters: {name: gone}}                        | no route begins with direct:gone, so what goes there would fail",
        "wireTap: {uri: direct:nowhere}                                     | no route begins with direct:nowhere, so what goes there would fail",
        "toD: direct:${variable.next}                                       |",
        "to: direct:{{next}}                                                |",
        "to: bean:some.Class?method=any                                     |",
        "to: direct://here                                                  |",
        "to: direct:report-main                                             |",
        "to: direct:other-main                                              | no route begins with direct:other-main, so what goes there would fail",
        "to: {uri: bean:greeter, parameters: {method: '{{name}}'}}          |",
        "to: {uri: bean:greeter, parameters: {method: 'greet(1, 2, 3)'}}    |",
      })
  void call_isJudged(String step, String told) throws Exception {
    String text =
        "- route:\n    from:\n      uri: direct:x\n      steps:\n        - " + step + "\n";
    List<RouteCallCheck.Wrong> wrong =
        new RouteCallCheck(beans, Set.of("direct:here", "direct:report-{{site}}"))
            .wrong("a.camel.yaml", text);
    if (told == null) {
      assertThat(wrong).isEmpty();
    } else {
      assertThat(wrong).containsExactly(new RouteCallCheck.Wrong(5, told));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "[]", "route"})
  void fileWithoutARoute_isTold(String text) throws Exception {
    assertThat(new RouteCallCheck(beans, Set.of()).wrong("a.camel.yaml", text))
        .containsExactly(new RouteCallCheck.Wrong(0, "it holds no route"));
  }

  @Test
  void whatLooksAtMessages_callsNothing() throws Exception {
    String text =
        """
        - interceptFrom:
            uri: "direct:wal*"
            steps:
              - to: direct:here
        """;
    assertThat(new RouteCallCheck(beans, Set.of("direct:here")).wrong("a.camel.yaml", text))
        .isEmpty();
  }

  @Test
  void routeConfigurations_areFoundWhereverTheyStand() throws Exception {
    RouteConfigurations shipped =
        RouteConfigurations.in("a.camel.yaml", "- routeConfiguration:\n    id: stores\n");
    RouteConfigurations own =
        RouteConfigurations.in(
            "a.camel.yaml",
            """
            # routeConfigurationId: none
            - routeConfiguration:
                description: As a designer saves it.
                id: stores
            - route:
                routeConfigurationId: "sto*,others"
            """);
    assertThat(own.there()).containsExactly("stores");
    assertThat(own.missing(shipped, Set.of("stores"))).isNull();
    assertThat(own.missing(shipped, Set.of())).isNotNull();
    assertThat(own.missing(null, Set.of("more"))).isNotNull();
  }

  @Test
  void xml_isJudgedAlike() throws Exception {
    String text =
        """
        <routes xmlns="http://camel.apache.org/schema/xml-io">
          <route>
            <from uri="direct:x"/>
            <to uri="bean:greeter?method=greet(${body}, 2)"/>
            <to uri="bean:greeter?method=hi"/>
            <setBody><simple>${bean:greeter?method=hello}</simple></setBody>
            <setBody><method ref="greeter" method="ahoy"/></setBody>
            <to uri="direct:nowhere"/>
          </route>
        </routes>
        """;
    assertThat(new RouteCallCheck(beans, Set.of()).wrong("a.camel.xml", text))
        .extracting(wrong -> wrong.line() + ": " + wrong.cause().replaceFirst("; .*", ""))
        .containsExactly(
            "5: the bean greeter has no method hi",
            "6: the bean greeter has no method hello",
            "7: the bean greeter has no method ahoy",
            "8: no route begins with direct:nowhere, so what goes there would fail");
  }
}
