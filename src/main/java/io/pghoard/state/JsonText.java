// SPDX-License-Identifier: Apache-2.0
package io.pghoard.state;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;

/** Values as JSON that people read as well: indented, the keys in order. */
public final class JsonText {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private JsonText() {}

  /** A value as indented JSON, with a line feed at its end. */
  public static String of(Object value) throws IOException {
    return JSON.writeValueAsString(value) + "\n";
  }
}
