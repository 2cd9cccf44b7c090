// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.repository.OpenSshServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SftpLargeObjectIT {
  /** Four times the heap: what would grow with it has to show, and a gigabyte takes its time. */
  @Test
  void largeObject_goesThroughALittleHeap(@TempDir Path home) throws Exception {
    try (OpenSshServer server = OpenSshServer.start(home)) {
      Path directory = server.directory();
      LargeObjectProcess.putAndGet(home, 256L << 20, storage -> server.storage(storage, directory));
    }
  }
}
