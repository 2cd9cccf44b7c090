// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The exceptions are those that Java throws for the errors of Linux. */
final class StorageFailureTest {
  @ParameterizedTest
  @MethodSource
  void lastingFailure_isPermanent(IOException cause, String told) {
    IOException failure = StorageFailure.of("put k", cause);

    assertThat(failure)
        .isInstanceOf(PermanentStorageException.class)
        .hasMessageStartingWith("cannot put k: " + told)
        .hasCause(cause);
  }

  static Stream<Object[]> lastingFailure_isPermanent() {
    return Stream.of(
        row(
            new AccessDeniedException("/r/k"),
            "permission denied on /r/k, which belongs to root; the user that pghoard runs as needs to read and write"),
        row(new NotDirectoryException("/r/k"), "/r/k is not a directory"),
        row(
            new FileSystemException("/r/k", null, "Read-only file system"),
            "Read-only file system (/r/k); mount it writable"),
        row(
            new FileSystemException("/r/k", null, "Operation not permitted"),
            "Operation not permitted (/r/k)"),
        row(
            new FileSystemException("/r/k", null, "File name too long"),
            "File name too long (/r/k)"),
        row(
            new FileSystemException("/r/k", null, "Too many levels of symbolic links"),
            "Too many levels of symbolic links (/r/k)"));
  }

  @ParameterizedTest
  @MethodSource
  void passingFailure_isNotPermanent(IOException cause, String told) {
    IOException failure = StorageFailure.of("put k", cause);

    assertThat(failure)
        .isNotInstanceOf(PermanentStorageException.class)
        .hasMessageStartingWith("cannot put k: " + told)
        .hasCause(cause);
  }

  static Stream<Object[]> passingFailure_isNotPermanent() {
    return Stream.of(
        row(
            new IOException("No space left on device"),
            "No space left on device; it resumes once there is space"),
        row(
            new FileSystemException("/r/k", null, "No space left on device"),
            "No space left on device (/r/k); it resumes once there is space"),
        row(
            new IOException("Disk quota exceeded"),
            "Disk quota exceeded; it resumes once there is space"),
        row(new IOException("Input/output error"), "Input/output error"),
        row(new NoSuchFileException("/r/k"), "there is no file /r/k"),
        row(new IOException(), "java.io.IOException"));
  }

  @Test
  void whatIsPermanentAlready_isLeftAsItIs() {
    IOException missing = new ObjectMissingException(new ObjectKey("k"));
    assertThat(StorageFailure.of("get k", missing)).isSameAs(missing);
  }

  private static Object[] row(IOException cause, String told) {
    return new Object[] {cause, told};
  }
}
