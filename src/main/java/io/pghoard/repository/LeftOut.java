// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was in a data directory and is not in the base backup of it, as the metadata of its main
 * object tell: symbolic links and special files.
 *
 * @param count of all
 * @param some of their names, as many as metadata have room for
 */
public record LeftOut(int count, List<String> some) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String COUNT = "left-out-count";
  private static final String NAMES = "left-out";

  /** S3 takes 2048 bytes of metadata in all. */
  private static final int ROOM = 400;

  public LeftOut {
    some = List.copyOf(some);
  }

  /** Adds what was left out, if anything, to metadata. */
  public static void add(Collection<String> names, Map<String, String> metadata) {
    if (names.isEmpty()) {
      return;
    }
    List<String> some = new ArrayList<>();
    String text = "[]";
    for (String name : names) {
      some.add(name);
      String longer = json(some);
      if (longer.length() > ROOM) {
        break;
      }
      text = longer;
    }
    metadata.put(COUNT, Integer.toString(names.size()));
    metadata.put(NAMES, text);
  }

  /** What metadata tell, or null when nothing was left out. */
  public static @Nullable LeftOut of(Map<String, String> metadata) {
    String count = metadata.get(COUNT);
    return count == null || !count.matches("[0-9]{1,9}")
        ? null
        : new LeftOut(Integer.parseInt(count), names(metadata.getOrDefault(NAMES, "[]")));
  }

  /** For people: {@code conf.d, pg_hba.conf and 3 more}. */
  @Override
  public String toString() {
    String named = String.join(", ", some);
    int more = count - some.size();
    return more <= 0 ? named : named + (some.isEmpty() ? "" : " and ") + more + " more";
  }

  private static String json(List<String> names) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json =
        JSON.createGenerator(text)
            .configure(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature(), true)) {
      json.writeStartArray();
      for (String name : names) {
        json.writeString(name);
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static List<String> names(String text) {
    List<String> names = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(text)) {
      for (JsonToken token; (token = parser.nextToken()) != null; ) {
        if (token == JsonToken.VALUE_STRING) {
          names.add(parser.getText());
        }
      }
    } catch (IOException e) {
      // Somebody else wrote them; how many there are is told.
      return List.of();
    }
    return names;
  }
}
