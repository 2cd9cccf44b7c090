// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalFileName.Kind;
import io.pghoard.postgres.WalSegmentName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directory that pg_receivewal writes, as it was when it was looked at.
 *
 * <p>By its newest file pg_receivewal knows where to go on, so that one is never taken away.
 * Source: {@code FindStreamingStart} in PostgreSQL's pg_receivewal.c.
 */
public final class ReceiveDirectory {
  /** By position first: on the way to a new timeline both have files of the same segment. */
  private static final Comparator<WalFileName> BY_POSITION =
      Comparator.comparing(
              WalFileName::segment,
              Comparator.<WalSegmentName>comparingLong(name -> Integer.toUnsignedLong(name.log()))
                  .thenComparingLong(name -> Integer.toUnsignedLong(name.segment()))
                  .thenComparingLong(name -> Integer.toUnsignedLong(name.timeline())))
          .thenComparing(name -> name.kind() == Kind.SEGMENT);

  private final Path path;
  private final List<WalFileName> segments = new ArrayList<>();
  private final List<WalFileName> histories = new ArrayList<>();

  private ReceiveDirectory(Path path) {
    this.path = path;
  }

  /** Looks at a directory; one that is not there is empty. */
  public static ReceiveDirectory of(Path path) throws IOException {
    ReceiveDirectory directory = new ReceiveDirectory(path);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
      for (Path file : files) {
        directory.add(String.valueOf(file.getFileName()));
      }
    } catch (NoSuchFileException e) {
      return directory;
    }
    directory.segments.sort(BY_POSITION);
    return directory;
  }

  private void add(String name) {
    if (!WalFileName.matches(name)) {
      return;
    }
    WalFileName file = WalFileName.parse(name);
    if (file.kind() == Kind.HISTORY) {
      histories.add(file);
    } else if (file.kind() != Kind.BACKUP) {
      segments.add(file);
    }
  }

  public Path file(WalFileName name) {
    return path.resolve(name.text());
  }

  /** The files of segments, whole or partial, the oldest first. */
  public List<WalFileName> segments() {
    return List.copyOf(segments);
  }

  /** The newest file of a segment, by which pg_receivewal goes on; null when there is none. */
  public @Nullable WalFileName newest() {
    return segments.isEmpty() ? null : segments.get(segments.size() - 1);
  }

  /**
   * Whether pg_receivewal will not write a file any more, so that it can be archived: a whole
   * segment, a timeline history, and a partial segment that others come after, with which a
   * timeline ended.
   */
  public boolean isDone(WalFileName name) {
    return switch (name.kind()) {
      case SEGMENT -> segments.contains(name);
      case PARTIAL -> segments.contains(name) && !name.equals(newest());
      case HISTORY -> histories.contains(name);
      case BACKUP -> false;
    };
  }

  /** What may go once it is archived, the oldest first, up to a file of a segment. */
  public List<WalFileName> removableUpTo(WalFileName last) {
    if (last.kind() == Kind.HISTORY) {
      return List.of();
    }
    return removable().stream().takeWhile(name -> BY_POSITION.compare(name, last) <= 0).toList();
  }

  /**
   * What goes as soon as it is archived, whole or partial, the oldest first; the newest files stay.
   */
  public List<WalFileName> removable() {
    List<WalFileName> removable = new ArrayList<>(segments);
    WalFileName newest = newest();
    removable.remove(newest);
    // The newest file may be the partial one of a crash; its predecessor is sound for certain.
    if (newest != null && newest.kind() == Kind.PARTIAL) {
      segments.stream()
          .filter(name -> name.kind() == Kind.SEGMENT)
          .reduce((before, after) -> after)
          .ifPresent(removable::remove);
    }
    return removable;
  }
}
