// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.pghoard.config.GoogleStorage.GoogleKey;
import io.pghoard.config.JsonValue.BooleanValue;
import io.pghoard.config.JsonValue.ListValue;
import io.pghoard.config.JsonValue.Member;
import io.pghoard.config.JsonValue.NullValue;
import io.pghoard.config.JsonValue.NumberValue;
import io.pghoard.config.JsonValue.ObjectValue;
import io.pghoard.config.JsonValue.TextValue;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code credential_file} and {@code credentials} of an {@code object_storage} of type {@code
 * google}. What stands in {@code credentials} is Google's: the text of a file of credentials.
 */
record GoogleKeyReader(Section storage) {
  private static final String REMEDY = "copy the whole JSON file that Google provided";

  /** Kinds of credentials, of which Google's library makes access tokens. */
  private static final List<String> TYPES =
      List.of(
          "service_account",
          "authorized_user",
          "external_account",
          "external_account_authorized_user",
          "impersonated_service_account");

  GoogleKey read() {
    ObjectValue credentials = storage.object("credentials");
    if (credentials == null) {
      return new GoogleKey(storage.absolutePath("credential_file"), null);
    }
    if (storage.isSet("credential_file")) {
      storage.wrong("credential_file", "credentials is set as well", "remove one of them");
    }
    check(credentials);
    return new GoogleKey(null, json(credentials));
  }

  private void check(ObjectValue credentials) {
    String type = text(credentials, "type");
    if (type == null) {
      storage.wrong("credentials", "it has no type", REMEDY);
    } else if (!TYPES.contains(type)) {
      storage.wrong(
          "credentials",
          "its type is not one of " + String.join(", ", TYPES),
          "choose another kind");
    } else if (type.equals("service_account")) {
      for (String key : List.of("client_id", "client_email", "private_key", "private_key_id")) {
        if (text(credentials, key) == null) {
          storage.wrong("credentials", "it has no " + key, REMEDY);
        }
      }
    }
  }

  private static @Nullable String text(ObjectValue object, String key) {
    Member member = object.members().get(key);
    return member != null && member.value() instanceof TextValue text ? text.text() : null;
  }

  private static String json(ObjectValue object) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
      write(object, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonValue value, JsonGenerator out) throws IOException {
    if (value instanceof ObjectValue object) {
      out.writeStartObject();
      for (Map.Entry<String, Member> entry : object.members().entrySet()) {
        out.writeFieldName(entry.getKey());
        write(entry.getValue().value(), out);
      }
      out.writeEndObject();
    } else if (value instanceof ListValue list) {
      out.writeStartArray();
      for (JsonValue element : list.elements()) {
        write(element, out);
      }
      out.writeEndArray();
    } else if (value instanceof TextValue text) {
      out.writeString(text.text());
    } else if (value instanceof NumberValue number) {
      out.writeNumber(number.digits());
    } else if (value instanceof BooleanValue truth) {
      out.writeBoolean(truth.value());
    } else if (value instanceof NullValue) {
      out.writeNull();
    }
  }
}
