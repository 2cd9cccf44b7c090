// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.time.MutableInstant;
import org.apache.logging.log4j.message.SimpleMessage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a line of the log looks, and that it stays one. */
final class LineFormatTest {
  private static final Instant TIME = Instant.parse("2026-11-05T14:30:00.123Z");

  @Test
  void text_hasLevelLoggerAndMessage() {
    assertThat(new TextFormat(false).of(event(Level.INFO, "Site main: archived x", null)))
        .isEqualTo("INFO  Spool - Site main: archived x");
    assertThat(new TextFormat(true).of(event(Level.ERROR, "Oh", null)))
        .matches("2026-11-0\\dT\\d\\d:\\d\\d:00\\.123\\S+ ERROR Spool - Oh");
  }

  @ParameterizedTest
  @CsvSource({
    "1, a\\u0001b",
    "9, a\\tb",
    "10, a\\nb",
    "13, a\\rb",
    "27, a\\u001bb",
    "127, a\\u007fb",
    "133, a\\u0085b",
    "8232, a\\u2028b",
  })
  void controlCharacter_isWrittenOut(int character, String written) {
    String message = "a" + (char) character + "b";

    assertThat(new TextFormat(false).of(event(Level.INFO, message, null)))
        .isEqualTo("INFO  Spool - " + written);
  }

  @Test
  void textOfAnException_hasNoLineThatLooksLikeAnEvent() {
    IOException forged = new IOException("no such file: x\nERROR Spool - all is lost");

    assertThat(new TextFormat(false).of(event(Level.WARN, "failed", forged)).lines().skip(1))
        .hasSizeGreaterThan(3)
        .allMatch(line -> line.startsWith("    "));
  }

  @Test
  void json_isOneObjectWithAllFacts() throws Exception {
    IOException thrown = new IOException("disk\nfull");

    String line = new JsonFormat().of(event(Level.WARN, "Site db-1.x: a \"b\"\nc", thrown));

    assertThat(line).doesNotContain("\n");
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.get("timestamp").asText()).isEqualTo(TIME.toString());
    assertThat(json.get("level").asText()).isEqualTo("WARN");
    assertThat(json.get("logger").asText()).isEqualTo("io.pghoard.camel.Spool");
    assertThat(json.get("thread").asText()).isEqualTo("worker");
    assertThat(json.get("site").asText()).isEqualTo("db-1.x");
    assertThat(json.get("message").asText()).isEqualTo("Site db-1.x: a \"b\"\nc");
    assertThat(json.get("exception").asText()).startsWith("java.io.IOException: disk\nfull\n\tat ");
  }

  @Test
  void json_hasNeitherSiteNorExceptionWhereThereIsNone() throws Exception {
    JsonNode json = new ObjectMapper().readTree(new JsonFormat().of(event(Level.INFO, "Hm", null)));

    assertThat(json.has("site")).isFalse();
    assertThat(json.has("exception")).isFalse();
  }

  @Test
  void syslogMessage_isThatOfTheLocalSocketOrOfRfc5424() {
    LogEvent event = event(Level.WARN, "Oh", null);
    long process = ProcessHandle.current().pid();

    assertThat(new String(new SyslogMessage(new TextFormat(false), 18, true).of(event), UTF_8))
        .matches("<148>Nov  [456] \\d\\d:\\d\\d:00 pghoard\\[" + process + "]: WARN  Spool - Oh");
    assertThat(new String(new SyslogMessage(new TextFormat(false), 3, false).of(event), UTF_8))
        .matches(
            "<28>1 2026-11-05T14:30:00.123Z \\S+ pghoard " + process + " - - WARN  Spool - Oh");
  }

  @Test
  void longSyslogMessage_isCutBetweenTwoCharacters() {
    byte[] message =
        new SyslogMessage(new TextFormat(false), 18, true)
            .of(event(Level.INFO, "ä€".repeat(5000), null));

    assertThat(message).hasSizeBetween(8090, 8096);
    assertThat(new String(message, UTF_8)).endsWith("...").doesNotContain("\uFFFD");
  }

  private static LogEvent event(Level level, String message, @Nullable Throwable thrown) {
    MutableInstant time = new MutableInstant();
    time.initFromEpochMilli(TIME.toEpochMilli(), 0);
    return Log4jLogEvent.newBuilder()
        .setLoggerName("io.pghoard.camel.Spool")
        .setThreadName("worker")
        .setLevel(level)
        .setMessage(new SimpleMessage(message))
        .setThrown(thrown)
        .setInstant(time)
        .build();
  }
}
