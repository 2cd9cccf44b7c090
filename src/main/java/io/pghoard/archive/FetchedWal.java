// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.pghoard.postgres.WalFileName;
import io.pghoard.postgres.WalSegmentSize;
import io.pghoard.repository.OwnerOnly;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file out of the archive, plain and checked, in the spool until it is closed.
 *
 * @param size in bytes
 * @param hash of the file in hexadecimal digits
 * @param hashAlgorithm as Python's hashlib calls it
 * @param segmentSize of the file's cluster, or null when it is no segment
 */
public record FetchedWal(
    WalFileName name,
    Path file,
    long size,
    String hash,
    String hashAlgorithm,
    @Nullable WalSegmentSize segmentSize)
    implements Closeable {
  private static final Set<OpenOption> REPLACED =
      Set.of(CREATE, WRITE, TRUNCATE_EXISTING, NOFOLLOW_LINKS);

  /** Opens the file and lets go of it: it is gone from the spool when the stream is closed. */
  public InputStream open() throws IOException {
    return Files.newInputStream(file, READ, DELETE_ON_CLOSE);
  }

  /**
   * Writes a copy that is durable, and in its place only when it is whole.
   *
   * @throws java.nio.file.NoSuchFileException when the directory of {@code target} is not there
   */
  public void copyTo(Path target) throws IOException {
    Path temporary = target.resolveSibling(target.getFileName() + ".pghoard.tmp");
    try (FileChannel in = FileChannel.open(file, READ);
        FileChannel out = FileChannel.open(temporary, REPLACED, OwnerOnly.FILE)) {
      for (long at = 0; at < size; ) {
        at += in.transferTo(at, size - at, out);
      }
      out.force(true);
      Files.move(temporary, target, ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
