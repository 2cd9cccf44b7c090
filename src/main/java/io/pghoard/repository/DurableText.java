// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.config.FileFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/** A small file that is there whole or not at all, and stays after a power cut. */
public record DurableText(Path file) {
  private static final int LARGEST = 1 << 20;

  /**
   * Reads it; what is no UTF-8 in it is replaced.
   *
   * @throws IOException that says what cannot be read, and why
   */
  public String read() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new IOException("it is larger than 1 MiB");
      }
      return new String(bytes, UTF_8);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("cannot read %s: %s".formatted(file, FileFailure.reason(e)), e);
    }
  }

  /** Replaces the file. Its directory must be there, and nobody else may write it now. */
  public void write(String text) throws IOException {
    write(text, OwnerOnly.FILE);
  }

  /** The same for a file that others may read as the umask says: it holds no secret. */
  public void writeForAll(String text) throws IOException {
    write(text, new FileAttribute<?>[0]);
  }

  private void write(String text, FileAttribute<?>... rights) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.deleteIfExists(temporary);
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
    try (FileChannel channel =
        FileChannel.open(
            temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), rights)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      new SyncedDirectory(directory).sync();
    }
  }
}
