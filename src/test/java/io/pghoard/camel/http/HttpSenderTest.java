// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.camel.RunningService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a web page can make a browser send. */
class HttpSenderTest {
  private static final String JSON = "Content-Type: application/json\r\n";
  private static RunningService service;

  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    service =
        RunningService.configured(home, root -> root.putArray("http_host_names").add("Backup.lan"));
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
  }

  private static String ask(String head, String body) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), service.service().httpPort())) {
      socket.setSoTimeout(10_000);
      String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
      String request = head + length + "Connection: close\r\n\r\n" + body;
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }

  private static String health(String headers) throws IOException {
    return ask("GET /health HTTP/1.1\r\n" + headers, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LocalHost:1",
        "127.0.0.1:16000",
        "127.1.2.3",
        "[::1]:16000",
        "backup.LAN:9",
        "localhost."
      })
  void hostThatIsOurs_isServed(String host) throws Exception {
    assertThat(health("Host: " + host + "\r\n")).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:16000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "[::2]",
        "lan",
        "[",
        "127.0.0.1@evil.example",
        "0x7f000001",
        "a b"
      })
  void hostThatIsNot_isRefused(String host) throws Exception {
    assertThat(health("Host: " + host + "\r\n"))
        .containsPattern("^HTTP/1.1 (403 [^{]*[{][^}]*http_host_names|400 )");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: http://evil.example",
        "Origin: null",
        "Origin: http://localhost:3000",
        "Origin: https://localhost",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: Cross-Site"
      })
  void requestOfAPageElsewhere_isRefused(String header) throws Exception {
    for (String method : new String[] {"GET /health", "PUT /main/basebackup", "OPTIONS /status"}) {
      assertThat(ask(method + " HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n", ""))
          .as(method)
          .startsWith("HTTP/1.1 403")
          .doesNotContain("Access-Control");
    }
  }

  @Test
  void addressThatSomebodyTyped_isServed() throws Exception {
    assertThat(health("Host: localhost\r\nSec-Fetch-Site: none\r\n")).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/jsonx",
        "application/json-patch+json",
        ""
      })
  void bodyThatIsNoJson_isRefused_withTheCommandThatWorks(String type) throws Exception {
    String header = type.isEmpty() ? "" : "Content-Type: " + type + "\r\n";
    String body =
        "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\nx\r\n--x--\r\n";
    assertThat(ask("POST /main/restore HTTP/1.1\r\nHost: localhost:9\r\n" + header, body))
        .startsWith("HTTP/1.1 415")
        .contains("curl -H 'Content-Type: application/json' -d '{")
        .contains("}' localhost:9/main/restore");
    assertThat(Files.exists(Path.of("file-uploads"))).isFalse();
    assertThat(service.home.resolve("file-uploads")).doesNotExist();
  }

  @Test
  void jsonWithACharset_isRead() throws Exception {
    String head = "POST /main/restore HTTP/1.1\r\nHost: localhost\r\n";
    assertThat(ask(head + "Content-Type: application/JSON; charset=utf-8\r\n", "{}"))
        .startsWith("HTTP/1.1 400")
        .contains("target_dir is missing");
    assertThat(ask(head + JSON, "{}")).contains("target_dir is missing");
  }

  @Test
  void bodyOfAnythingButAPost_isRefused() throws Exception {
    for (String request : new String[] {"GET /health", "DELETE /main/restore/1", "PUT /main/x/1"}) {
      assertThat(ask(request + " HTTP/1.1\r\nHost: localhost\r\n" + JSON, "{}"))
          .as(request)
          .startsWith("HTTP/1.1 400")
          .contains("takes no body");
    }
  }
}
