// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.archive.WalConflictException;
import io.pghoard.repository.ObjectKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;

/** The test of a route that docs/routes.md shows to operators, of the route that it shows. */
class OperatorRouteTest extends CamelTestSupport {
  private static final Pattern EXAMPLE =
      Pattern.compile("(?s)alerts in a chat\\n.*?```yaml\\n(.*?)```");

  private static final ObjectKey KEY = new ObjectKey("main/xlog/000000010000000000000001");

  private static String example() throws Exception {
    Matcher example = EXAMPLE.matcher(Files.readString(Path.of("docs/routes.md")));
    assertThat(example.find()).isTrue();
    return example.group(1);
  }

  private void load(String name, String text) throws Exception {
    Resource file = ResourceHelper.fromString(name, text);
    PluginHelper.getRoutesLoader(context).loadRoutes(file);
  }

  @Test
  void newAlert_isPosted() throws Exception {
    load("on-alert-raised.camel.yaml", example());
    AdviceWith.adviceWith(
        context,
        "on-alert-raised",
        route -> route.weaveByToUri("exec:*").replace().to("mock:chat"));
    getMockEndpoint("mock:chat")
        .expectedBodiesReceived("pghoard: wal_gap at site main: a segment is missing");

    template.send(
        "direct:on-alert-raised",
        exchange -> {
          exchange.setVariable("site", "main");
          exchange.setVariable("alertName", "wal_gap");
          exchange.setVariable("alertText", "a segment is missing");
        });

    MockEndpoint.assertIsSatisfied(context);
  }

  /** A shipped route, looked at from inside: what it asks of the others when a file differs. */
  @Test
  void conflict_isAnAlert() throws Exception {
    Path routes = Path.of("src/main/resources/routes");
    load("wal-conflict.camel.yaml", Files.readString(routes.resolve("wal-conflict.camel.yaml")));
    AdviceWith.adviceWith(
        context, "wal-conflict", route -> route.mockEndpointsAndSkip("direct:alert-raise"));
    MockEndpoint raised = getMockEndpoint("mock:direct:alert-raise");
    raised.expectedMessageCount(1);

    template.send(
        "direct:wal-conflict",
        exchange ->
            exchange.setProperty(
                ExchangePropertyKey.EXCEPTION_CAUGHT,
                new WalConflictException(KEY, "sha1", "aa", "bb")));

    MockEndpoint.assertIsSatisfied(context);
    assertThat(raised.getExchanges().get(0).getVariable("alertName", String.class))
        .isEqualTo("archive_conflict");
  }
}
