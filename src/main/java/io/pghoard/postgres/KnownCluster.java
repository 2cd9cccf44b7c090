// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * What a server said of its cluster, noted in a file of three lines, so that its WAL can be checked
 * while it does not answer.
 *
 * @param versionNumber as PostgreSQL counts: 150018 is 15.18
 */
public record KnownCluster(
    SystemIdentifier systemIdentifier, int versionNumber, WalSegmentSize segmentSize) {
  public MajorVersion majorVersion() {
    int unit = versionNumber >= 100_000 ? 10_000 : 100;
    return new MajorVersion(versionNumber / unit * unit);
  }

  /** Reads a note, if there is one. */
  public static Optional<KnownCluster> read(Path file) throws IOException {
    try {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() != 3) {
        throw new IOException(damaged(file));
      }
      return Optional.of(
          new KnownCluster(
              SystemIdentifier.parse(lines.get(0)),
              Integer.parseInt(lines.get(1)),
              new WalSegmentSize(Integer.parseInt(lines.get(2)))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new IOException(damaged(file), e);
    }
  }

  /** Writes the note, whole or not at all. */
  public void write(Path file) throws IOException {
    String text = "%s%n%d%n%d%n".formatted(systemIdentifier, versionNumber, segmentSize.bytes());
    Path draft = Files.write(file.resolveSibling("." + file.getFileName()), text.getBytes(UTF_8));
    try (FileChannel written = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String damaged(Path file) {
    return file + " is damaged: delete it while pghoard is stopped, and it is created again";
  }
}
