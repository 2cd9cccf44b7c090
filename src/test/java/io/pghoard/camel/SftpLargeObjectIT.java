// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.repository.OpenSshServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SftpLargeObjectIT {
  @Test
  void largeObject_goesThroughASmallHeap(@TempDir Path home) throws Exception {
    try (OpenSshServer server = OpenSshServer.start(home)) {
      Path directory = server.directory();
      LargeObjectProcess.putAndGet(home, storage -> server.storage(storage, directory));
    }
  }
}
