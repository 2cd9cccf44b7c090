// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import io.pghoard.config.ReceivePlaces;
import io.pghoard.postgres.WalFileName;
import io.pghoard.repository.DurableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The note that a server cannot go on where pg_receivewal's directory ends. What is there is to be
 * archived and to go, so that pg_receivewal begins anew.
 *
 * @param reason for people, one line
 * @param begin the partial segment to begin with; null: at the slot, or where the server is, so
 *     that WAL is missing between
 */
public record LostWal(String reason, @Nullable WalFileName begin) {
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

  /** Whether a line of pg_receivewal's says so. */
  static boolean isTold(String line) {
    return TOLD.matcher(line).find();
  }

  void note(ReceivePlaces places) throws IOException {
    String text = begin == null ? reason : reason + "\n" + begin;
    Path draft = Files.writeString(places.own().resolve(".lost"), text);
    Files.move(draft, file(places), StandardCopyOption.ATOMIC_MOVE);
  }

  /** What was noted, or null. */
  public static @Nullable LostWal noted(ReceivePlaces places) throws IOException {
    try {
      List<String> lines = new DurableText(file(places)).read().lines().toList();
      return new LostWal(
          lines.isEmpty() ? "" : lines.get(0),
          lines.size() < 2 ? null : WalFileName.parse(lines.get(1)));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Why nothing is received before what is there is archived. */
  String trouble() {
    return begin == null ? "the server no longer has the WAL that comes next: " + reason : reason;
  }

  /** Takes the note away, as pg_receivewal may begin anew. */
  public static void clear(ReceivePlaces places) throws IOException {
    Files.deleteIfExists(file(places));
  }

  private static Path file(ReceivePlaces places) {
    return places.own().resolve("lost");
  }
}
