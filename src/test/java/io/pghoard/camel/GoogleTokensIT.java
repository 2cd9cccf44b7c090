// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.repository.FaultProxy;
import io.pghoard.repository.FaultProxy.Direction;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PermanentStorageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who asks Google, and with which tokens. */
@Timeout(120)
class GoogleTokensIT extends GoogleService {
  private static final ObjectKey KEY = new ObjectKey("main/xlog/00000001000000000000000A");

  /** Several chunks. */
  private static final byte[] LARGE = new byte[20 << 20];

  @AfterEach
  void endTokens() {
    google().tokens().live(Duration.ofHours(1));
    google().tokens().clock(Duration.ZERO);
  }

  private static void put(RunningService service, byte[] bytes) throws IOException {
    service.store().put(KEY, Map.of(), new ByteArrayInputStream(bytes));
  }

  private static byte[] read(RunningService service) throws IOException {
    try (ObjectContent content = service.store().get(KEY)) {
      return content.stream().readAllBytes();
    }
  }

  @Test
  void tokenThatExpiresDuringALongPut_isRenewed(@TempDir Path home) throws Exception {
    google().tokens().live(Duration.ofSeconds(2));
    int before = google().tokens().given();
    try (FaultProxy network = new FaultProxy(google().port());
        RunningService service = service(home, google().bucket(), network.port(), storage -> {})) {
      // It takes longer than a token lives.
      network.fault(FaultProxy.trickle(Direction.TO_SERVER, 3 << 20));

      long began = System.nanoTime();
      put(service, LARGE);

      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(2));
      assertThat(google().tokens().given() - before).isGreaterThan(2);
      network.fault(FaultProxy.healthy());
      assertThat(read(service)).isEqualTo(LARGE);
    }
  }

  @Test
  void tokenThatIsTakenNoLonger_isReplacedAtOnce(@TempDir Path home) throws Exception {
    try (RunningService service = service(home, google().bucket())) {
      put(service, new byte[10]);
      google().tokens().revoke();
      int refused = google().tokens().refused();

      assertThat(read(service)).hasSize(10);

      assertThat(google().tokens().refused() - refused).isEqualTo(1);
      google().tokens().revoke();
      service.store().delete(KEY);
      assertThat(service.store().keys("")).isEmpty();
    }
  }

  @Test
  void clockThatIsWrong_isTold(@TempDir Path home) throws Exception {
    google().tokens().clock(Duration.ofHours(3));
    try (RunningService service = service(home, google().bucket())) {
      assertThatThrownBy(() -> put(service, new byte[10]))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("Google gives no access token: 400")
          .hasMessageContaining("this machine's clock");
    }
  }

  @Test
  void credentialFile_isRead_andOneThatIsNone_isTold(@TempDir Path home) throws Exception {
    Path file = home.resolve("google.json");
    Files.writeString(file, google().tokens().credentials(google().port()).toString());
    try (RunningService service = with(home, file)) {
      put(service, new byte[10]);
    }
    Files.writeString(file, "{\"type\": \"service_account\", \"private_key\": \"c2VjcmV0\"}");
    try (RunningService service = with(home, file)) {
      assertThatThrownBy(() -> put(service, new byte[10]))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("cannot use credential_file " + file)
          .hasMessageNotContaining("c2VjcmV0");
    }
  }

  private static RunningService with(Path home, Path file) throws Exception {
    return service(
        home,
        google().bucket(),
        google().port(),
        storage -> storage.put("credential_file", file.toString()).remove("credentials"));
  }

  @Test
  void secrets_areShownNowhere(@TempDir Path home) throws Exception {
    PrintStream before = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true));
    StringBuilder told = new StringBuilder();
    try (RunningService service =
        service(
            home,
            google().bucket(),
            google().port(),
            storage -> ((ObjectNode) storage.get("credentials")).put("client_email", "else"))) {
      told.append(failure(() -> put(service, new byte[10])));
      told.append(failure(() -> service.store().keys("")));
      told.append(service.send("GET", "/status").body());
      told.append(service.send("GET", "/main/archive/00000001000000000000000A").body());
      await().until(() -> Files.exists(home.resolve("state.json")));
    } finally {
      System.setErr(before);
    }
    told.append(said);
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file :
          files
              .filter(each -> Files.isRegularFile(each) && !each.endsWith("pghoard.json"))
              .toList()) {
        told.append(Files.readString(file));
      }
    }

    assertThat(told.toString()).contains("Invalid grant: account not found");
    assertThat(google().tokens().isShownIn(told.toString())).isFalse();
    assertThat(told.toString()).doesNotContain("PRIVATE KEY", "assertion=");
  }

  private interface Deed {
    void run() throws Exception;
  }

  private static String failure(Deed deed) {
    try {
      deed.run();
      throw new AssertionError("it did not fail");
    } catch (Exception e) {
      StringBuilder all = new StringBuilder();
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        all.append(cause).append('\n');
      }
      return all.toString();
    }
  }
}
