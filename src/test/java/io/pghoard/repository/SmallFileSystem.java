// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system in memory that is soon full, mounted for a test; only root may, so that a test of
 * another user is skipped and says so. As root, as whom CI runs, none is.
 */
public final class SmallFileSystem implements AutoCloseable {
  private final Path directory;

  private SmallFileSystem(Path directory) {
    this.directory = directory;
  }

  /** Mounts one with room for so many bytes. */
  public static SmallFileSystem mount(Path directory, long bytes) throws IOException {
    requireRoot();
    Files.createDirectories(directory);
    run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", directory.toString());
    return new SmallFileSystem(directory);
  }

  /** Skips the test of another user, and says so. */
  public static void requireRoot() {
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")),
        "a file system can be mounted by root only: run the tests as root");
  }

  public Path directory() {
    return directory;
  }

  /** Gives it room for so many bytes. */
  public void resize(long bytes) throws IOException {
    run("mount", "-o", "remount,size=" + bytes, directory.toString());
  }

  /** Gives it room for so many files and directories, itself among them. */
  public void limitFiles(long files) throws IOException {
    run("mount", "-o", "remount,nr_inodes=" + files, directory.toString());
  }

  /** Makes it read-only, as the kernel does with a disk that fails. */
  public void makeReadOnly() throws IOException {
    run("mount", "-o", "remount,ro", directory.toString());
  }

  @Override
  public void close() throws IOException {
    run("umount", "--lazy", directory.toString());
  }

  /** Runs a program of the system that must succeed. */
  public static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + " failed: " + output);
    }
  }
}
