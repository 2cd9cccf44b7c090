// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLDecoder;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The token endpoint of {@link GoogleServer}: OAuth 2.0 with a service account's signed JWT. */
public final class GoogleTokens {
  private static final String EMAIL = "pghoard@project-1.iam.gserviceaccount.com";
  private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";

  private final KeyPair pair = pair();
  private final Map<String, Instant> expiries = new ConcurrentHashMap<>();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile Duration life = Duration.ofHours(1);
  private volatile Duration clock = Duration.ZERO;

  /** The file that Google gives for a service account. */
  public ObjectNode credentials(int port) {
    String key =
        Base64.getMimeEncoder(64, "\n".getBytes(UTF_8))
            .encodeToString(pair.getPrivate().getEncoded());
    return GoogleCall.JSON
        .createObjectNode()
        .put("type", "service_account")
        .put("project_id", "project-1")
        .put("private_key_id", "0123456789abcdef")
        .put("private_key", "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n")
        .put("client_email", EMAIL)
        .put("client_id", "123456789012345678901")
        .put("token_uri", "http://127.0.0.1:" + port + "/token");
  }

  /** How long tokens hold that are given out from now on. */
  public void live(Duration next) {
    life = next;
  }

  /** How far Google's clock is ahead of this machine's. */
  public void clock(Duration ahead) {
    clock = ahead;
  }

  /** Makes all tokens that were given out worthless. */
  public void revoke() {
    expiries.replaceAll((token, expiry) -> Instant.MIN);
  }

  /** How many were given out. */
  public int given() {
    return expiries.size();
  }

  /** How many calls came with a token that does not hold. */
  public int refused() {
    return refused.get();
  }

  /** Whether a secret of this endpoint stands in a text. */
  public boolean isShownIn(String text) {
    String key = Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded());
    return text.contains(key.substring(0, 40))
        || expiries.keySet().stream().anyMatch(text::contains);
  }

  void check(GoogleCall call) throws GoogleError {
    String header = call.header("Authorization");
    Instant expiry =
        header == null || !header.startsWith("Bearer ")
            ? null
            : expiries.get(header.substring("Bearer ".length()));
    if (expiry == null || !Instant.now().isBefore(expiry)) {
      refused.incrementAndGet();
      throw new GoogleError(401, "authError", "Invalid Credentials");
    }
  }

  void answer(GoogleCall call) throws IOException {
    Map<String, String> form = new HashMap<>();
    for (String pair : new String(call.body().readAllBytes(), UTF_8).split("&", -1)) {
      String[] halves = pair.split("=", 2);
      form.put(halves[0], URLDecoder.decode(halves[1], UTF_8));
    }
    String problem = problem(form);
    if (problem != null) {
      call.header("Content-Type", "application/json");
      ObjectNode error = GoogleCall.JSON.createObjectNode();
      error.put("error", "invalid_grant").put("error_description", problem);
      call.answer(400, GoogleCall.JSON.writeValueAsBytes(error));
      return;
    }
    String token = "ya29." + UUID.randomUUID();
    expiries.put(token, Instant.now().plus(life));
    call.answer(
        200,
        GoogleCall.JSON
            .createObjectNode()
            .put("access_token", token)
            .put("expires_in", life.toSeconds())
            .put("token_type", "Bearer"));
  }

  private @Nullable String problem(Map<String, String> form) throws IOException {
    String[] jwt = form.getOrDefault("assertion", "").split("\\.", -1);
    if (!GRANT.equals(form.get("grant_type")) || jwt.length != 3) {
      return "Bad Request";
    }
    JsonNode claims = GoogleCall.JSON.readTree(Base64.getUrlDecoder().decode(jwt[1]));
    if (!EMAIL.equals(claims.path("iss").asText())) {
      return "Invalid grant: account not found";
    }
    if (!claims.path("scope").asText().contains("devstorage")) {
      return "Invalid OAuth scope or ID token audience provided.";
    }
    long now = Instant.now().plus(clock).getEpochSecond();
    if (claims.path("iat").asLong() > now + 300
        || claims.path("exp").asLong() < now
        || claims.path("exp").asLong() > claims.path("iat").asLong() + 3600) {
      return "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable"
          + " timeframe. Check your iat and exp values in the JWT claim.";
    }
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(pair.getPublic());
      signature.update((jwt[0] + "." + jwt[1]).getBytes(UTF_8));
      return signature.verify(Base64.getUrlDecoder().decode(jwt[2]))
          ? null
          : "Invalid JWT Signature.";
    } catch (GeneralSecurityException e) {
      return "Invalid JWT Signature.";
    }
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has RSA", e);
    }
  }
}
