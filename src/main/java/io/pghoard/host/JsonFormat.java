// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.logging.log4j.core.LogEvent;

/** A JSON object: what a text line has, and the thread, and the site where it is about one. */
record JsonFormat() implements LineFormat {
  private static final JsonFactory JSON = new JsonFactory();

  /** How every line begins that is about a site. */
  private static final Pattern SITE = Pattern.compile("Site ([A-Za-z0-9][A-Za-z0-9._-]*): ");

  @Override
  public String of(LogEvent event) {
    StringWriter text = new StringWriter(256);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      String message = event.getMessage().getFormattedMessage();
      json.writeStartObject();
      json.writeStringField(
          "timestamp", Instant.ofEpochMilli(event.getInstant().getEpochMillisecond()).toString());
      json.writeStringField("level", event.getLevel().name());
      json.writeStringField("logger", event.getLoggerName());
      json.writeStringField("thread", event.getThreadName());
      Matcher site = SITE.matcher(message);
      if (site.lookingAt()) {
        json.writeStringField("site", site.group(1));
      }
      json.writeStringField("message", message);
      Throwable thrown = event.getThrown();
      if (thrown != null) {
        json.writeStringField("exception", LineFormat.stackTrace(thrown));
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
