// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.config.FileFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes the directories in which base backups keep their files while they are taken. */
public final class WorkDirectories {
  private static final Logger LOG = LoggerFactory.getLogger(WorkDirectories.class);

  private WorkDirectories() {}

  /** Deletes a directory with all that is in it; one that is not there is no error. */
  public static void delete(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(directory)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException e) {
      return;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path each : all) {
      Files.deleteIfExists(each);
    }
  }

  /**
   * Deletes all directories in one, but those with these names. What may not be deleted is told and
   * passed over.
   */
  public static void deleteAllBut(Path parent, Set<String> names) throws IOException {
    if (!Files.isDirectory(parent)) {
      return;
    }
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(parent)) {
      for (Path directory : directories) {
        if (!names.contains(directory.getFileName().toString())) {
          try {
            delete(directory);
          } catch (AccessDeniedException e) {
            LOG.warn("{}: {} is left where it is", FileFailure.reason(e), directory);
          }
        }
      }
    }
  }
}
