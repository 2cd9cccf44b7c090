// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import io.pghoard.config.ReceivePlaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The note that a server cannot go on where pg_receivewal's directory ends. What is there is to be
 * archived and to go, so that pg_receivewal begins anew: at its slot, or where the server is.
 */
public final class LostWal {
  /**
   * The first two, in English; and in any language what pg_receivewal reports of the server with
   * the name of the segment that it began with.
   */
  private static final Pattern TOLD =
      Pattern.compile(
          "requested WAL segment [0-9A-F]{24} has already been removed"
              + "|requested starting point .* is not in this server's history"
              // In any language; an error of reading has the file's directory, or an offset.
              + "|(termination of replication stream|\"START_REPLICATION\"): (?!.*pg_wal/).*[0-9A-F]{24}\\D*$");

  private LostWal() {}

  /** Whether a line of pg_receivewal's says so. */
  static boolean isTold(String line) {
    return TOLD.matcher(line).find();
  }

  static void note(ReceivePlaces places, String line) throws IOException {
    Path draft = Files.writeString(places.own().resolve(".lost"), line);
    Files.move(draft, file(places), StandardCopyOption.ATOMIC_MOVE);
  }

  /** What was noted, or null. */
  public static @Nullable String noted(ReceivePlaces places) throws IOException {
    try {
      return Files.readString(file(places));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Takes the note away, as pg_receivewal may begin anew. */
  public static void clear(ReceivePlaces places) throws IOException {
    Files.deleteIfExists(file(places));
  }

  private static Path file(ReceivePlaces places) {
    return places.own().resolve("lost");
  }
}
