// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import io.pghoard.repository.PermanentStorageException;
import io.pghoard.repository.sftp.SftpConnection.Space;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Tells failures that stay from those that may pass, and what to do about them. The protocol has no
 * code for a full disk: "Failure" is all that a server says, and the room that is left tells more.
 */
final class SftpFailure {
  /** With less than this a file system counts as full: what was refused was one block. */
  private static final long NO_ROOM = 1 << 20;

  private SftpFailure() {}

  /**
   * Says what was being done when the server refused.
   *
   * @param deed what cannot be done, with its object: "put site/xlog/..."
   * @param connection still open, to ask for more; or null
   */
  static IOException of(String deed, IOException cause, @Nullable SftpConnection connection) {
    if (cause instanceof PermanentStorageException) {
      return cause;
    }
    if (cause instanceof SftpStatusException status) {
      return refused("cannot " + deed + ": ", status, connection);
    }
    String words = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new IOException("cannot " + deed + ": " + words, cause);
  }

  private static IOException refused(
      String start, SftpStatusException status, @Nullable SftpConnection connection) {
    String answer =
        start + "the server answers \"" + status.getMessage() + "\" for " + status.path();
    return switch (status.code()) {
      case SftpStatusException.PERMISSION_DENIED ->
          new PermanentStorageException(
              answer
                  + "; the account needs to read and write there, and the server may be set to"
                  + " read only",
              status);
      case SftpStatusException.BAD_MESSAGE, SftpStatusException.OP_UNSUPPORTED ->
          new PermanentStorageException(answer, status);
      case SftpStatusException.FAILURE -> failed(answer, status, connection);
      default -> new IOException(answer, status);
    };
  }

  private static IOException failed(
      String answer, SftpStatusException status, @Nullable SftpConnection connection) {
    Space space = space(status.path(), connection);
    if (space != null && space.readOnly()) {
      return new PermanentStorageException(
          answer + "; its file system is read-only: mount it writable", status);
    }
    if (space != null && space.free() < NO_ROOM) {
      return new IOException(
          answer
              + "; no space left on its file system (%d bytes); it resumes once there is space, and nothing needs to be cleaned up"
                  .formatted(space.free()),
          status);
    }
    String room =
        space == null
            ? "it does not say how much space is left"
            : "%d bytes are free on its file system".formatted(space.free());
    return new IOException(
        answer
            + ", and no reason; "
            + room
            + "; a quota may be used up, and the server's log may say more",
        status);
  }

  private static @Nullable Space space(String path, @Nullable SftpConnection connection) {
    if (connection == null || !connection.isOpen()) {
      return null;
    }
    try {
      return connection.space(path.substring(0, path.lastIndexOf('/') + 1));
    } catch (IOException e) {
      // The failure that is being told is the one to know of.
      return null;
    }
  }

  /** The innermost cause that has words. */
  static String reason(Throwable failure) {
    String words = failure.getMessage();
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null) {
        words = cause.getMessage();
      }
    }
    return words == null ? failure.toString() : words;
  }
}
