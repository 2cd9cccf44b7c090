// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.camel.RunningService;
import io.pghoard.repository.DamageMarks;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListBaseBackupsHttpTest {
  private static RestoreToolRun list(int port, String... more) {
    List<String> arguments = new ArrayList<>(List.of("list-basebackups-http", "--site=main"));
    arguments.add("--port=" + port);
    arguments.addAll(List.of(more));
    return RestoreToolRun.of(arguments);
  }

  @Test
  void backups_areTheDaemons_forWhoeverHasThePassword(@TempDir Path home) throws Exception {
    try (RunningService service =
        RunningService.configured(
            home, root -> root.put("webserver_username", "dba").put("webserver_password", "s:p"))) {
      service
          .store()
          .put(
              new ObjectKey("main/basebackup/2026-01-01_10-00_0.00000000.pghoard"),
              Map.of(
                  "format", "pghoard-bb-v2",
                  "start-time", "2026-01-01T10:00:00+00:00",
                  "start-wal-segment", "000000010000000000000002"),
              InputStream.nullInputStream());
      int port = service.service().httpPort();

      RestoreToolRun known = list(port, "--username=dba", "--password=s:p");
      assertThat(known.status()).as(known.err()).isZero();
      assertThat(known.out())
          .contains("2026-01-01_10-00_0  2026-01-01 10:00:00", "000000010000000000000002")
          .doesNotContain("damaged");

      ObjectKey chunk = new SiteKeys("main").chunk("2026-01-01_10-00_0", 1);
      new DamageMarks(service.store(), new SiteKeys("main")).mark(chunk, "it is gone");
      assertThat(list(port, "--username=dba", "--password=s:p").out())
          .contains("2026-01-01_10-00_0", "is damaged and cannot be restored: 1 of its objects")
          .contains(chunk.text());

      RestoreToolRun unknown = list(port);
      assertThat(unknown.status()).isEqualTo(1);
      assertThat(unknown.err()).contains("/main/basebackup answered 401");
    }
  }

  @Test
  void daemonThatIsDown_isNamed() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }

    RestoreToolRun down = list(port);

    assertThat(down.status()).isEqualTo(1);
    assertThat(down.err())
        .contains("no pghoard daemon answers at http://127.0.0.1:" + port + "/main/basebackup");
  }
}
