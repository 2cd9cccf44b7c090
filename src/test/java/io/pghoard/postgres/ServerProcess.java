// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The process of a running server, as its lock file {@code postmaster.pid} names it: the process id
 * in line 1, the shared memory as {@code key id} in line 7.
 */
record ServerProcess(long pid, String sharedMemoryId) {

  static Path lockFile(Path dataDirectory) {
    return dataDirectory.resolve("postmaster.pid");
  }

  static ServerProcess of(Path dataDirectory) {
    try {
      List<String> lines = Files.readAllLines(lockFile(dataDirectory));
      String[] memory = lines.size() < 7 ? new String[] {""} : lines.get(6).split(" +", -1);
      return new ServerProcess(Long.parseLong(lines.get(0)), memory[memory.length - 1]);
    } catch (IOException e) {
      throw new UncheckedIOException("the server does not run: no postmaster.pid", e);
    }
  }

  boolean runs() {
    return ProcessHandle.of(pid).filter(ServerProcess::runs).isPresent();
  }

  /** Sends SIGKILL to the server and all its children, and waits until none of them runs. */
  void kill() {
    List<ProcessHandle> all = new ArrayList<>();
    ProcessHandle.of(pid)
        .ifPresent(
            server -> {
              all.add(server);
              server.descendants().forEach(all::add);
            });
    all.forEach(ProcessHandle::destroyForcibly);
    await().atMost(Duration.ofMinutes(1)).until(() -> all.stream().noneMatch(ServerProcess::runs));
  }

  static void removeLocks(Path dataDirectory, Path sockets) {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(sockets)) {
      Files.deleteIfExists(lockFile(dataDirectory));
      for (Path socketOrLock : all) {
        Files.delete(socketOrLock);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove a killed server's lock files", e);
    }
  }

  /** A dead process that its parent has not asked for yet is still there, but runs no more. */
  private static boolean runs(ProcessHandle process) {
    try {
      String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "status"));
      return !status.contains("State:\tZ");
    } catch (IOException e) {
      return false;
    }
  }
}
