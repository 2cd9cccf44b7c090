// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sends that means no good, over a plain socket; the others are served. */
class HttpHostileClientTest {
  private static RunningService service;

  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    service = RunningService.with(home, "pghoard.http.request-time", "1000");
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/main/archive/../../../etc/passwd",
        "/main/archive/..%2F..%2Fetc%2Fpasswd",
        "/main/archive/%2Fetc%2Fpasswd",
        "/main/archive/000000010000000000000001%00.history",
        "/main/archive/%E2%80%AE",
        "/../archive/000000010000000000000001",
        "/%2e%2e/archive/000000010000000000000001",
        "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/basebackup",
        "/main/restore/..%2F..%2F",
        "//main//basebackup%3F",
      })
  void path_isRefused(String path) throws Exception {
    for (String method : List.of("GET", "PUT")) {
      String answer =
          ask(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      assertThat(answer).as(method + " " + path).matches("(?s)HTTP/1.1 40[045] .*");
      assertThat(answer).doesNotContain("root:");
    }
    assertServed();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /%zz HTTP/1.1\r\nHost: localhost\r\n",
        "GET /main/archive/% HTTP/1.1\r\nHost: localhost\r\n",
        "GET /health?x=%zz HTTP/1.1\r\nHost: localhost\r\n",
        "GET /health HTTP/1.1\r\n",
        "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n",
        "GET /health HTTP/1.1\r\nHost: localhost%\r\n",
        "GET /health HTTP/1.1\r\nHost: [::1\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n",
        "GET health HTTP/1.1\r\nHost: localhost\r\n",
      })
  void requestThatIsNone_isAnsweredInJson(String head) throws Exception {
    assertThat(ask(head + "Connection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("\"error\":");
    assertServed();
  }

  @Test
  void bodyThatIsTooLarge_isRefused_declaredOrNot() throws Exception {
    String declared =
        "POST /main/restore HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10737418240\r\n\r\n{";
    assertThat(ask(declared))
        .startsWith("HTTP/1.1 413 ")
        .contains("the body is longer than 65536 bytes");
    StringBuilder chunked =
        new StringBuilder(
            "POST /main/restore HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
    assertThat(ask(chunked.append(chunk.repeat(32)).toString())).matches("(?s)(HTTP/1.1 413 .*)?");
    assertServed();
  }

  @Test
  void headThatIsNone_orTooLong_isRefused() throws Exception {
    assertThat(ask("\u0016\u0003\u0001 garbage\r\n\r\n")).matches("(?s)(HTTP/1.[01] 400 .*)?");
    String longHeader =
        "GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + "y".repeat(100_000) + "\r\n\r\n";
    assertThat(ask(longHeader)).matches("(?s)(HTTP/1.[01] (400|431) .*)?");
    assertServed();
  }

  @Test
  void clientsThatNeverFinish_keepNobodyWaiting() throws Exception {
    List<Socket> idlers = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        Socket idler = open();
        idlers.add(idler);
        String half =
            i % 2 == 0
                ? "GET /health HTTP/1.1\r\nHo"
                : "POST /main/restore HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
        idler.getOutputStream().write(half.getBytes(US_ASCII));
      }
      assertServed();
      for (Socket idler : idlers) {
        assertThat(isCutOff(idler)).as("client " + idlers.indexOf(idler)).isTrue();
      }
    } finally {
      for (Socket idler : idlers) {
        idler.close();
      }
    }
  }

  @Test
  void bodiesThatNeverCome_takeNoMemory_andKeepNobodyWaiting() throws Exception {
    List<Socket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 130; i++) {
        Socket client = open();
        clients.add(client);
        String half =
            "POST /main/restore HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 65536\r\n\r\n";
        client.getOutputStream().write((half + " ".repeat(60_000)).getBytes(US_ASCII));
      }
      byte[] start = new byte[12];
      assertThat(clients.get(129).getInputStream().read(start)).isEqualTo(12);
      assertThat(new String(start, US_ASCII)).isEqualTo("HTTP/1.1 503");
      assertServed();
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  private static boolean isCutOff(Socket idler) throws IOException {
    try {
      // Of more than a few bodies at once it is told why.
      idler.getInputStream().readAllBytes();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  private static void assertServed() throws Exception {
    assertThat(service.send("GET", "/health").statusCode()).isEqualTo(200);
  }

  private static Socket open() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.service().httpPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  /** The start of the answer; "" when the connection was cut without one. */
  private static String ask(String request) throws IOException {
    try (Socket socket = open()) {
      InputStream in = socket.getInputStream();
      try {
        socket.getOutputStream().write(request.getBytes(US_ASCII));
      } catch (SocketException cut) {
        // The answer may have come before.
        assertThat(request.length()).isGreaterThan(50_000);
      }
      byte[] start = new byte[4096];
      int read = 0;
      try {
        read = Math.max(0, in.read(start));
      } catch (SocketException cut) {
        assertThat(request.length()).isGreaterThan(50_000);
      }
      return new String(start, 0, read, US_ASCII);
    }
  }
}
