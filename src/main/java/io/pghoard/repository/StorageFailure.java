// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import io.pghoard.config.FileFailure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NotDirectoryException;
import java.util.List;

/** Tells failures of a file system that stay from those that may pass. */
final class StorageFailure {
  /** The words of strerror(3) for EROFS, EPERM, ENOTDIR, EISDIR, ENAMETOOLONG and ELOOP. */
  private static final List<String> LASTING =
      List.of(
          "Read-only file system",
          "Operation not permitted",
          "Not a directory",
          "Is a directory",
          "File name too long",
          "Too many levels of symbolic links");

  private StorageFailure() {}

  /**
   * Says what was being done when a file system failed.
   *
   * @param deed what cannot be done, with its object: "put site/xlog/..."
   */
  static IOException of(String deed, IOException cause) {
    if (cause instanceof PermanentStorageException) {
      return cause;
    }
    String reason = reason(cause);
    String message = "cannot " + deed + ": " + reason + remedy(reason);
    return lasts(cause, reason)
        ? new PermanentStorageException(message, cause)
        : new IOException(message, cause);
  }

  private static boolean lasts(IOException cause, String reason) {
    return cause instanceof AccessDeniedException
        || cause instanceof NotDirectoryException
        || cause instanceof FileSystemLoopException
        || LASTING.stream().anyMatch(reason::contains);
  }

  private static String reason(IOException cause) {
    return FileFailure.reason(cause);
  }

  private static String remedy(String reason) {
    if (reason.contains("No space left") || reason.contains("quota exceeded")) {
      return "; it resumes once there is space, and nothing needs to be cleaned up";
    }
    if (reason.startsWith("permission denied")) {
      return "; the user that pghoard runs as needs to read and write there";
    }
    if (reason.contains("Read-only file system")) {
      return "; mount it writable (it may have become read-only after an error of the disk)";
    }
    return "";
  }
}
