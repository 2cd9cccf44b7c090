// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.config.SiteName;
import io.pghoard.verify.Verifications;
import io.pghoard.verify.VerifyRun;
import java.io.IOException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Verifications as they are asked for and watched over HTTP. */
public final class HttpVerifications {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Verifications verifications;

  public HttpVerifications(Verifications verifications) {
    this.verifications = verifications;
  }

  /** Registers the verification that a request's body asks for; none asks for the default. */
  public VerifyRun start(SiteName site, @Nullable String body) throws IOException {
    Map<String, Object> words;
    try {
      words =
          JSON.readValue(body == null || body.isBlank() ? "{}" : body, new TypeReference<>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the body of the request must be a JSON object: " + e.getOriginalMessage(), e);
    }
    if (words == null) {
      throw new IllegalArgumentException("the body of the request must be a JSON object");
    }
    return verifications.start(site, words);
  }

  /** The answer to a verification that was started: 202 and its address. */
  public Map<String, @Nullable Object> accepted(VerifyRun run, Exchange exchange) {
    exchange.setVariable("httpStatus", 202);
    exchange.setVariable("httpLocation", "/" + run.site() + "/verify/" + run.id());
    return run.describe();
  }

  /** One verification, or all that are remembered. */
  public Map<String, @Nullable Object> get(SiteName site, @Nullable String id) throws IOException {
    return id == null
        ? Map.of("verifications", verifications.of(site).stream().map(VerifyRun::describe).toList())
        : verifications.get(site, id).describe();
  }
}
