// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.restore.RestoreProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The file in which other programs can follow a restore; whole at every moment. */
final class StatusFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PAUSE_NANOS = 1_000_000_000L;

  private final @Nullable Path file;
  private long written;

  StatusFile(@Nullable Path file) {
    this.file = file;
    this.written = System.nanoTime() - PAUSE_NANOS;
  }

  /** Writes the file unless it was written within the last second. */
  void write(RestoreProgress.Snapshot now, boolean atOnce) throws IOException {
    if (file == null || (!atOnce && System.nanoTime() - written < PAUSE_NANOS)) {
      return;
    }
    written = System.nanoTime();
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("progress_percent", Math.round(now.percent() * 10) / 10.0);
    status.put("downloaded_bytes", now.bytesDone());
    status.put("total_bytes", now.bytesTotal());
    status.put("phase", now.phase().word());
    status.put("error", now.error());
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.deleteIfExists(temporary);
    // A new file: what has its name may be a link.
    Files.writeString(
        temporary,
        JSON.writeValueAsString(status) + "\n",
        StandardOpenOption.CREATE_NEW,
        StandardOpenOption.WRITE);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
