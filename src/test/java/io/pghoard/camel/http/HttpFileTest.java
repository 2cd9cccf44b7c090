// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.archive.FetchedWal;
import io.pghoard.postgres.WalFileName;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is larger than what the buffers of the kernel hold. */
class HttpFileTest {
  private static final long SIZE = 64 << 20;

  private final Vertx vertx = Vertx.vertx();
  private final CompletableFuture<Boolean> sent = new CompletableFuture<>();
  private Path file;
  private HttpServer server;

  @BeforeEach
  void serve(@TempDir Path directory) throws Exception {
    file = directory.resolve("000000010000000000000003");
    try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
      made.setLength(SIZE);
    }
    WalFileName name = WalFileName.parse("000000010000000000000003");
    FetchedWal wal = new FetchedWal(name, file, SIZE, "00", "sha1", null);
    server =
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    vertx
                        .executeBlocking(
                            () -> {
                              new HttpFile(request, 500).send(wal);
                              return request.response().ended();
                            })
                        .onComplete(
                            end -> {
                              if (end.succeeded()) {
                                sent.complete(end.result());
                              } else {
                                sent.completeExceptionally(end.cause());
                              }
                            }))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private Socket ask() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
    socket.setSoTimeout(10_000);
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
    return socket;
  }

  private void isLetGoOf() throws Exception {
    assertThat(sent.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(file).doesNotExist();
  }

  @Test
  void wholeFile_comesWithItsLength() throws Exception {
    try (Socket socket = ask()) {
      InputStream in = socket.getInputStream();
      byte[] head = in.readNBytes(200);
      assertThat(new String(head, US_ASCII))
          .startsWith("HTTP/1.1 200 OK")
          .containsIgnoringCase("content-length: " + SIZE)
          .contains("metadata-hash: 00");
      long rest = 0;
      byte[] piece = new byte[1 << 16];
      for (int read; (read = in.read(piece)) >= 0; ) {
        rest += read;
      }
      assertThat(rest).isBetween(SIZE - 200, SIZE);
    }
    isLetGoOf();
  }

  @Test
  void clientThatLeavesInTheMiddle_leavesNothingOpen() throws Exception {
    try (Socket socket = ask()) {
      socket.getInputStream().readNBytes(1000);
    }
    isLetGoOf();
  }

  @Test
  void clientThatDoesNotRead_isCutOff() throws Exception {
    try (Socket socket = ask()) {
      isLetGoOf();
      assertThat(socket.isClosed()).isFalse();
    }
  }
}
