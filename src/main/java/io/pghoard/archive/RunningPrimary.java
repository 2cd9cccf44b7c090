// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.postgres.ControlFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether a server runs in a data directory that writes WAL of its own. It then asks for no WAL of
 * the archive, and a file in its pg_wal is its own.
 *
 * <p>A server that recovers has one of the signal files until its recovery has ended: {@code
 * readRecoverySignalFile} and {@code CleanupAfterArchiveRecovery} in PostgreSQL's {@code xlog.c};
 * before PostgreSQL 12 it was recovery.conf. pg_control says so only some time after it has begun.
 */
final class RunningPrimary {
  private static final List<String> RECOVERS =
      List.of("recovery.signal", "standby.signal", "recovery.conf");

  private RunningPrimary() {}

  /**
   * Refuses a data directory of a running primary.
   *
   * @throws FileAlreadyExistsException with its postmaster.pid
   */
  static void requireNone(Path data) throws IOException {
    Path running = data.resolve("postmaster.pid");
    if (Files.exists(running)
        && RECOVERS.stream().noneMatch(name -> Files.exists(data.resolve(name)))
        && isInProduction(data)) {
      throw new FileAlreadyExistsException(
          running.toString(),
          null,
          "a primary runs there, and nothing is written to its pg_wal; stop it first");
    }
  }

  private static boolean isInProduction(Path data) throws IOException {
    try {
      return new ControlFile(Files.readAllBytes(data.resolve("global/pg_control")))
          .isInProduction();
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
