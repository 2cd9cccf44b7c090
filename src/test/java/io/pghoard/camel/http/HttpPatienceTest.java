// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.camel.RunningService;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpPatienceTest {
  @Test
  void tooManyConnections_endTheOneThatHasWaitedLongest(@TempDir Path home) throws Exception {
    List<Socket> idlers = new ArrayList<>();
    try (RunningService service = new RunningService(home)) {
      for (int i = 0; i < 600; i++) {
        Socket idler = new Socket(InetAddress.getLoopbackAddress(), service.service().httpPort());
        idlers.add(idler);
        idler.getOutputStream().write('G');
      }
      assertThat(service.send("GET", "/health").statusCode()).isEqualTo(200);
      Socket first = idlers.get(0);
      first.setSoTimeout(20_000);
      assertThat(isClosed(first)).isTrue();
    } finally {
      for (Socket idler : idlers) {
        idler.close();
      }
    }
  }

  private static boolean isClosed(Socket socket) throws Exception {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }
}
