// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.pghoard.config.ProxyConfig;
import io.pghoard.config.RemoteAccess;
import io.pghoard.config.S3Storage;
import io.pghoard.config.S3Storage.S3Keys;
import io.pghoard.config.S3Storage.S3Server;
import io.pghoard.config.S3Storage.S3Writing;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PermanentStorageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** What is said when S3 fails, and whether it is tried again. */
final class S3FailureTest {
  @RegisterExtension static final S3Bucket BUCKET = new S3Bucket();

  /** Columns: status, code, whether it may pass, a piece of the message. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500 | InternalError | true | answered 500 InternalError",
        "503 | SlowDown | true | answered 503 SlowDown",
        "503 | '' | true | answered 503",
        "429 | TooManyRequests | true | answered 429",
        "408 | RequestTimeout | true | answered 408",
        "400 | RequestTimeout | true | answered 400",
        "400 | BadDigest | true | BadDigest",
        "403 | RequestTimeTooSkewed | false | the clocks of this machine and of the store differ",
        "403 | InvalidAccessKeyId | false | check aws_access_key_id",
        "403 | SignatureDoesNotMatch | false | check aws_secret_access_key",
        "403 | AccessDenied | false | docs/operations.md shows the bucket policy",
        "403 | '' | false | check the keys and their permissions",
        "400 | ExpiredToken | false | set a new one",
        "400 | AuthorizationHeaderMalformed | false | check region",
        "301 | PermanentRedirect | false | check region",
        "404 | NoSuchBucket | false | create the bucket, or check bucket_name",
        "501 | NotImplemented | false | this server does not support it",
        "407 | '' | false | the proxy on the way answered 407; check user and pass of proxy_info",
      })
  void answer_isSorted(int status, String code, boolean passes, String said) throws Exception {
    String xml = "<Error><Code>%s</Code><Message>what it says</Message></Error>".formatted(code);
    HttpServer server = HttpServer.create(loopback(), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = code.isEmpty() ? new byte[0] : xml.getBytes(UTF_8);
          exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      IOException failure = failure(server(server.getAddress().getPort(), false, null));

      assertThat(failure).hasMessageContaining("cannot list the keys below \"main/\": ");
      assertThat(failure).hasMessageContaining(said).hasMessageNotContaining("the secret key");
      assertThat(failure instanceof PermanentStorageException).isEqualTo(!passes);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void unknownHost_isCalledSo() throws Exception {
    S3Storage storage = storage(server("store.invalid", 80, false, null), null);

    assertThat(failure(storage))
        .isNotInstanceOf(PermanentStorageException.class)
        .hasMessageContaining("the host name of store.invalid:80 cannot be resolved");
  }

  @Test
  void closedPort_isCalledSo() throws Exception {
    int port = S3ProxyServer.freePort();

    assertThat(failure(server(port, false, null)))
        .isNotInstanceOf(PermanentStorageException.class)
        .hasMessageContaining("no connection to 127.0.0.1:" + port);
  }

  @Test
  void proxy_isOnTheWay() throws Exception {
    S3Server hidden = server("store.invalid", 80, false, null);
    S3Storage beyond =
        new S3Storage(
            BUCKET.name(),
            "",
            new S3Server(
                "us-east-1",
                "store.invalid",
                80,
                false,
                true,
                false,
                true,
                null,
                new S3Keys(S3TestServer.KEY_ID, S3TestServer.SECRET, null)),
            storage(hidden, null).writing(),
            access(new ProxyConfig(ProxyConfig.Type.HTTP, "127.0.0.1", BUCKET.port(), null, null)));
    BUCKET.client().putObject(r -> r.bucket(BUCKET.name()).key("main/x"), RequestBody.empty());

    try (S3Client client = new S3Connection(beyond).client()) {
      assertThat(new S3Objects(beyond, client, new PartMemory(1)).keys("main/"))
          .containsExactly(new ObjectKey("main/x"));
    }

    int port = S3ProxyServer.freePort();
    ProxyConfig none = new ProxyConfig(ProxyConfig.Type.HTTP, "127.0.0.1", port, "u", "secret");
    assertThat(failure(storage(hidden, none)))
        .hasMessageContaining("by way of the HTTP proxy 127.0.0.1:" + port)
        .hasMessageNotContaining("secret");
  }

  @Test
  void certificate_isJudged(@TempDir Path home) throws Exception {
    TestAuthority authority = TestAuthority.in(home);
    HttpsServer good = https(authority, "good", "-1d");
    HttpsServer old = https(authority, "old", "-30d");
    try {
      int port = good.getAddress().getPort();
      assertThat(failure(server(port, true, null)))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("is not signed by a trusted authority")
          .hasMessageContaining("cert_path");
      assertThat(failure(server(port, true, authority.certificate())))
          .hasMessageContaining("answered 503");
      assertThat(failure(server(old.getAddress().getPort(), true, authority.certificate())))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("has expired");
      assertThat(failure(server(port, true, home.resolve("none.pem"))))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("none.pem");
      S3Server unchecked =
          new S3Server("r", "127.0.0.1", port, true, true, false, false, null, keys());
      assertThat(failure(storage(unchecked, null))).hasMessageContaining("answered 503");
    } finally {
      good.stop(0);
      old.stop(0);
    }
  }

  private static HttpsServer https(TestAuthority authority, String name, String since)
      throws Exception {
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(authority.server(name, since)));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(503, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static IOException failure(S3Server server) throws Exception {
    return failure(storage(server, null));
  }

  private static IOException failure(S3Storage storage) throws Exception {
    IOException failure =
        catchThrowableOfType(
            IOException.class,
            () -> {
              try (S3Client client = new S3Connection(storage).client()) {
                new S3Objects(storage, client, new PartMemory(1)).keys("main/");
              }
            });
    return Objects.requireNonNull(failure);
  }

  private static S3Storage storage(S3Server server, @Nullable ProxyConfig proxy) {
    return new S3Storage(
        "bucket", "", server, new S3Writing(5 << 20, null, null, null), access(proxy));
  }

  private static RemoteAccess access(@Nullable ProxyConfig proxy) {
    Duration patience = Duration.ofSeconds(20);
    return new RemoteAccess(patience, patience, patience, proxy);
  }

  private static S3Server server(int port, boolean secure, @Nullable Path certificates) {
    return server("127.0.0.1", port, secure, certificates);
  }

  private static S3Server server(
      String host, int port, boolean secure, @Nullable Path certificates) {
    return new S3Server("us-east-1", host, port, secure, true, false, true, certificates, keys());
  }

  private static S3Keys keys() {
    return new S3Keys("id", "the secret key", null);
  }
}
