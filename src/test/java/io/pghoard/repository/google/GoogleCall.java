// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** One request to {@link GoogleServer}, and its answer. */
final class GoogleCall {
  static final ObjectMapper JSON = new ObjectMapper();

  private final HttpExchange exchange;
  private final Map<String, String> query = new HashMap<>();
  private final List<String> path = new ArrayList<>();

  GoogleCall(HttpExchange exchange) {
    this.exchange = exchange;
    for (String segment : exchange.getRequestURI().getRawPath().substring(1).split("/", -1)) {
      path.add(decoded(segment.replace("+", "%2B")));
    }
    String text = exchange.getRequestURI().getRawQuery();
    if (text != null) {
      for (String pair : text.split("&", -1)) {
        String[] halves = pair.split("=", 2);
        query.put(decoded(halves[0]), halves.length == 1 ? "" : decoded(halves[1]));
      }
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, UTF_8);
  }

  String method() {
    return exchange.getRequestMethod();
  }

  /** The segments of its path, decoded. */
  List<String> path() {
    return path;
  }

  @Nullable String query(String name) {
    return query.get(name);
  }

  @Nullable String header(String name) {
    return exchange.getRequestHeaders().getFirst(name);
  }

  InputStream body() throws IOException {
    InputStream body = exchange.getRequestBody();
    return "gzip".equals(header("Content-Encoding")) ? new GZIPInputStream(body) : body;
  }

  ObjectNode json() throws IOException {
    try {
      return (ObjectNode) JSON.readTree(body().readAllBytes());
    } catch (JsonProcessingException | ClassCastException e) {
      throw new GoogleError(400, "parseError", "Parse Error");
    }
  }

  void header(String name, String value) {
    exchange.getResponseHeaders().set(name, value);
  }

  /** Answers with the fields of this that the caller asked for. */
  void answer(int status, JsonNode json) throws IOException {
    String fields = query("fields");
    JsonNode asked = fields == null ? json : GoogleFields.parse(fields).of(json);
    header("Content-Type", "application/json; charset=UTF-8");
    answer(status, JSON.writeValueAsBytes(asked));
  }

  void answer(int status, byte[] bytes) throws IOException {
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  /** The body of an answer that has this many bytes. */
  OutputStream answer(int status, long length) throws IOException {
    exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
    return exchange.getResponseBody();
  }

  void error(GoogleError error) throws IOException {
    // Else the connection is reset while the client still sends, and it reads no answer.
    exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
    ObjectNode root = JSON.createObjectNode();
    ObjectNode told = root.putObject("error");
    told.put("code", error.status()).put("message", error.getMessage());
    ArrayNode errors = told.putArray("errors");
    errors
        .addObject()
        .put("message", error.getMessage())
        .put("domain", "global")
        .put("reason", error.reason());
    if (error.status() == 401) {
      header(
          "WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\", error=invalid_token");
    }
    header("Content-Type", "application/json; charset=UTF-8");
    answer(error.status(), JSON.writeValueAsBytes(root));
  }

  void close() {
    exchange.close();
  }
}
