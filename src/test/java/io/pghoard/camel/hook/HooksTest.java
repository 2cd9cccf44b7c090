// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pghoard.camel.RunningService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An operator's routes are told what has happened, and nothing waits for them. */
class HooksTest {
  /** What an operator's route calls here. */
  public static final class Operator {
    private final BlockingQueue<Map<String, Object>> told = new LinkedBlockingQueue<>();
    private final CountDownLatch block = new CountDownLatch(1);

    public void hear(Exchange exchange) {
      told.add(new HashMap<>(exchange.getVariables()));
    }

    public void fail() {
      throw new IllegalStateException("the chat is down");
    }

    public void block() throws InterruptedException {
      told.add(Map.of());
      block.await();
    }
  }

  /** What a base backup and a restore are to the expressions of the facts. */
  public record Named(String name, String id) {}

  private static final Operator OPERATOR = new Operator();
  private static RunningService service;
  private static Path home;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    home = directory;
    Files.createDirectory(home.resolve("routes"));
    service =
        RunningService.with(
            home,
            "pghoard.hooks.waiting",
            "3",
            "pghoard.hooks.patience",
            "0",
            "pghoard.watch.period",
            "50");
    service.service().context().getRegistry().bind("operator", OPERATOR);
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
  }

  @BeforeEach
  void forget() {
    OPERATOR.told.clear();
  }

  @ParameterizedTest
  @EnumSource(Hook.class)
  void operatorsRoute_isToldWhatIsDocumented(Hook hook) throws Exception {
    fill(hook, "hear");
    Exchange exchange = new DefaultExchange(service.service().context());
    exchange.setVariable("site", RunningService.SITE);
    for (String name : List.of("walFile", "backupReason", "failure", "objectKey")) {
      exchange.setVariable(name, "the " + name);
    }
    exchange.setVariable("alertName", "the alertName");
    exchange.setVariable("alertText", "the alertText");
    exchange.setVariable("backup", new Named("the backupName", ""));
    exchange.setVariable("restore", new Named("", "the restoreId"));

    hooks().tell(hook.route(), exchange);

    Map<String, Object> facts = next();
    assertThat(facts).containsOnlyKeys(hook.facts().keySet()).containsEntry("site", "main");
    facts.forEach(
        (name, value) -> {
          if (!name.equals("site") && !name.equals("outcome")) {
            assertThat(value).isEqualTo("the " + name);
          }
        });
    assertThat(documented()).contains(row(hook));
  }

  @Test
  void everyDocumentedPlace_isThere() throws IOException {
    List<String> rows = new ArrayList<>();
    for (Hook hook : Hook.values()) {
      rows.add(row(hook));
    }
    assertThat(new TreeSet<>(documented())).isEqualTo(new TreeSet<>(rows));
  }

  @Test
  void alert_isToldWhenItIsNew_andWhenItIsCleared() throws Exception {
    fill(Hook.ALERT_RAISED, "hear");
    fill(Hook.ALERT_CLEARED, "hear");
    service.raise("archive_conflict", "one");
    service.raise("archive_conflict", "the same again");
    service.call(
        "alert-clear", Map.of("site", RunningService.SITE, "alertName", "archive_conflict"));
    service.call(
        "alert-clear", Map.of("site", RunningService.SITE, "alertName", "archive_conflict"));
    service.raise("archive_conflict", "two");

    assertThat(next()).containsEntry("alertText", "one");
    assertThat(List.of(next(), next()))
        .anyMatch(facts -> "two".equals(facts.get("alertText")))
        .anyMatch(facts -> !facts.containsKey("alertText"));
    assertThat(OPERATOR.told).allMatch(HooksTest::isOfHooks);
  }

  @Test
  void routeThatThrows_isToldByAnAlert_untilItWorks() throws Exception {
    fill(Hook.WAL_STORED, "fail");
    tell(Hook.WAL_STORED);
    Path alert = home.resolve("hook_failed");
    await()
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(alert)
                    .content()
                    .contains("on-wal-stored has failed 1 times since", "the chat is down"));
    fill(Hook.WAL_STORED, "hear");
    tell(Hook.WAL_STORED);
    await().untilAsserted(() -> assertThat(alert).doesNotExist());
  }

  @Test
  void routeThatBlocks_delaysNothing_andWhatDoesNotFitIsDroppedAndTold() throws Exception {
    fill(Hook.WAL_STORED, "block");
    fill(Hook.ALERT_RAISED, "hear");
    for (int i = 0; i < 6; i++) {
      tell(Hook.WAL_STORED);
    }
    Path alert = home.resolve("hook_failed");
    await()
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(alert)
                    .content()
                    .contains("on-wal-stored has not ended since", "events were dropped, as 3"));
    // Another route has a thread of its own.
    await().untilAsserted(() -> assertThat(OPERATOR.told).anyMatch(HooksTest::isOfHooks));

    OPERATOR.told.clear();
    fill(Hook.WAL_STORED, "hear");
    await().untilAsserted(() -> assertThat(alert).doesNotExist());
    await().untilAsserted(() -> assertThat(OPERATOR.told).hasSizeGreaterThanOrEqualTo(3));
  }

  @Test
  void operatorsRoute_mayBeCalledAsTheyLike() throws Exception {
    Path file = home.resolve("routes/on-restore-ended.camel.yaml");
    fill(Hook.RESTORE_ENDED, "hear");
    Path draft = home.resolve("routes/.draft");
    Files.writeString(draft, Files.readString(file).replace("id: on-restore-ended", "id: my-chat"));
    Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
    await().until(() -> service.service().context().getRoute("my-chat") != null);
    await().until(() -> service.service().context().getRoute("on-restore-ended") == null);

    tell(Hook.RESTORE_ENDED);

    assertThat(next()).isEmpty();
    fill(Hook.RESTORE_ENDED, "hear");
  }

  @Test
  void emptyRoute_costsNoThread() throws Exception {
    Files.deleteIfExists(home.resolve("routes/on-object-put.camel.yaml"));
    // While a route is replaced, there is none for a moment.
    await()
        .ignoreExceptions()
        .until(
            () ->
                service
                    .service()
                    .context()
                    .getRoute("on-object-put")
                    .getDescription()
                    .startsWith("A place"));
    hooks().tell("on-object-put", new DefaultExchange(service.service().context()));
    assertThat(OPERATOR.told).allMatch(HooksTest::isOfHooks);
  }

  @Test
  void stop_waitsForNoCallThatBlocks_andRaisesNothing() throws Exception {
    HookQueue queue = new HookQueue(Hook.WAL_STORED, 3, Clock.systemUTC(), Clock.systemUTC());
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    queue.add(
        () -> {
          begun.countDown();
          try {
            new CountDownLatch(1).await();
            return null;
          } catch (InterruptedException e) {
            ended.countDown();
            return "interrupted";
          }
        });
    begun.await();
    queue.stop();
    assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    queue.add(() -> null);
    assertThat(queue.trouble(Duration.ofDays(1))).isNull();
  }

  /** The next event; that a call has taken a while here, is none of those that are looked at. */
  private static Map<String, Object> next() throws InterruptedException {
    Map<String, Object> facts;
    do {
      facts = OPERATOR.told.poll(30, TimeUnit.SECONDS);
      assertThat(facts).isNotNull();
    } while (facts != null && isOfHooks(facts));
    return facts == null ? Map.of() : facts;
  }

  private static boolean isOfHooks(Map<String, Object> facts) {
    return "hook_failed".equals(facts.get("alertName"));
  }

  private static Hooks hooks() {
    return service.service().bean("hooks", Hooks.class);
  }

  private static void tell(Hook hook) {
    hooks().tell(hook.route(), new DefaultExchange(service.service().context()));
  }

  /** Puts an operator's route in place that calls a method of the operator's bean. */
  private static void fill(Hook hook, String method) throws IOException {
    Path draft = home.resolve("routes/.draft");
    Files.writeString(
        draft,
        """
        - route:
            id: %1$s
            description: %2$s
            errorHandler:
              noErrorHandler: {}
            from:
              uri: direct:%1$s
              steps:
                - to: bean:operator?method=%2$s
        """
            .formatted(hook.route(), method));
    Files.move(
        draft,
        home.resolve("routes/" + hook.route() + ".camel.yaml"),
        StandardCopyOption.REPLACE_EXISTING);
    await()
        .untilAsserted(
            () ->
                assertThat(service.service().context().getRoute(hook.route()))
                    .isNotNull()
                    .extracting(route -> route.getDescription())
                    .isEqualTo(method));
    await()
        .until(
            () ->
                service
                    .service()
                    .context()
                    .getRouteController()
                    .getRouteStatus(hook.route())
                    .isStarted());
  }

  private static String row(Hook hook) {
    StringBuilder row = new StringBuilder("| `" + hook.route() + "` |");
    String separator = " ";
    for (String fact : hook.facts().keySet()) {
      row.append(separator).append('`').append(fact).append('`');
      separator = ", ";
    }
    return row.append(" |").toString();
  }

  /** The rows of the document's table of variables, without the words behind them. */
  private static List<String> documented() throws IOException {
    String page = Files.readString(Path.of("docs/routes.md"));
    String section = page.substring(page.indexOf("## Places for your own steps"));
    return section
        .substring(0, section.indexOf("\n## ", 1))
        .lines()
        .filter(line -> line.startsWith("| `on-"))
        .map(line -> line.replaceFirst("^(\\| `[^|]*\\|[^|]*\\|).*", "$1"))
        .toList();
  }
}
