// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a failure says to people. The messages of Java's own exceptions of files are the bare path,
 * or a number.
 */
public final class FileFailure {
  private FileFailure() {}

  /** The reason, with the file where it is known. */
  public static String reason(Throwable failure) {
    if (failure instanceof FileSystemException named && named.getFile() != null) {
      return reason(named);
    }
    if (failure instanceof CharacterCodingException) {
      return "a text is not in its encoding (" + failure.getMessage() + ")";
    }
    String message = failure.getMessage();
    if (failure instanceof EOFException && message == null) {
      return "the data end too early";
    }
    return message == null || message.isBlank() ? failure.getClass().getName() : message;
  }

  private static String reason(FileSystemException failure) {
    String file = failure.getFile();
    if (failure instanceof AccessDeniedException) {
      return "permission denied on " + file + owner(file);
    }
    if (failure instanceof NotDirectoryException) {
      return file + " is not a directory";
    }
    String reason = failure.getReason();
    if (reason != null) {
      return reason + " (" + file + ")";
    }
    if (failure instanceof NoSuchFileException) {
      return "there is no file " + file;
    }
    if (failure instanceof FileAlreadyExistsException) {
      return file + " exists already";
    }
    if (failure instanceof DirectoryNotEmptyException) {
      return "the directory " + file + " is not empty";
    }
    return failure.toString();
  }

  /** Whose a file is, or the nearest directory above it that can be looked at. */
  private static String owner(String file) {
    Path path = Path.of(file);
    while (path != null) {
      String owner = ownerOf(path);
      if (owner != null) {
        return ", which belongs to " + owner;
      }
      path = path.getParent();
    }
    return "";
  }

  private static @Nullable String ownerOf(Path path) {
    try {
      return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).toString();
    } catch (IOException e) {
      // One may not look into its directory either.
      return null;
    }
  }
}
