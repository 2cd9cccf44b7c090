// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The two parts of a multipart upload: what is said of the object, and its bytes. */
final class GoogleUploadRequest {
  private static final Pattern BOUNDARY =
      Pattern.compile("multipart/related;.*boundary=\"?([^\";]+)\"?.*");

  private final ObjectNode told;
  private final byte[] media;

  private GoogleUploadRequest(ObjectNode told, byte[] media) {
    this.told = told;
    this.media = media;
  }

  ObjectNode told() {
    return told;
  }

  byte[] media() {
    return media;
  }

  /**
   * What has to hold for an upload or a deletion.
   *
   * @param generation that the object must have; 0 for none of this name, null for any
   * @param kmsKey that an object is encrypted by, or null
   */
  record Conditions(
      @Nullable Long generation, @Nullable Long metageneration, @Nullable String kmsKey) {
    static Conditions of(GoogleCall call) throws GoogleError {
      return new Conditions(
          number(call.query("ifGenerationMatch")),
          number(call.query("ifMetagenerationMatch")),
          call.query("kmsKeyName"));
    }

    private static @Nullable Long number(@Nullable String text) throws GoogleError {
      try {
        return text == null ? null : Long.valueOf(text);
      } catch (NumberFormatException e) {
        throw GoogleError.invalid("Invalid value for parameter: " + text);
      }
    }

    void check(@Nullable GoogleBlob there) throws GoogleError {
      long is = there == null ? 0 : there.generation();
      if ((generation != null && generation != is) || (metageneration != null && there == null)) {
        throw GoogleError.precondition();
      }
    }
  }

  static GoogleUploadRequest read(GoogleCall call) throws IOException {
    String type = call.header("Content-Type");
    Matcher boundary = BOUNDARY.matcher(type == null ? "" : type);
    if (!boundary.matches()) {
      throw GoogleError.invalid("Multipart must have a content type of multipart/related");
    }
    byte[] body = call.body().readAllBytes();
    // One character a byte, so that positions are the same.
    String text = new String(body, ISO_8859_1);
    String line = "--" + boundary.group(1);
    int first = text.indexOf(line);
    int second = text.indexOf("\r\n" + line, first + line.length());
    int end = text.lastIndexOf("\r\n" + line + "--");
    int json = text.indexOf("\r\n\r\n", first) + 4;
    int media = text.indexOf("\r\n\r\n", second + 2 + line.length()) + 4;
    if (first < 0 || second < json || media < second || end < media) {
      throw GoogleError.invalid("Multipart must have a non-empty terminating boundary");
    }
    if (!text.substring(first, json).toLowerCase(Locale.ROOT).contains("application/json")) {
      throw GoogleError.invalid("The first part must be application/json");
    }
    String told = new String(body, json, second - json, UTF_8);
    return new GoogleUploadRequest(
        (ObjectNode) GoogleCall.JSON.readTree(told), Arrays.copyOfRange(body, media, end));
  }
}
