// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * PostgreSQL's programs as installed here, run as a user that PostgreSQL accepts: as the one who
 * runs the tests, or as {@code postgres} when that is root, whom PostgreSQL refuses.
 *
 * <p>Looked for in the system property {@code postgresql.bin}, then in the newest of {@code
 * /usr/lib/postgresql}, then in PATH.
 */
public final class PostgresPrograms {
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final String MISSING = "; install it with: apt-get install postgresql";

  private final Path directory;

  private PostgresPrograms(Path directory) {
    this.directory = directory;
  }

  /** The programs of the newest PostgreSQL that is installed. */
  public static PostgresPrograms find() {
    Path directory =
        candidates()
            .filter(candidate -> Files.isExecutable(candidate.resolve("initdb")))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no PostgreSQL server found" + MISSING));
    if (runsAsRoot() && !new File("/usr/bin/setpriv").canExecute()) {
      throw new IllegalStateException("no setpriv; install it with: apt-get install util-linux");
    }
    return new PostgresPrograms(directory);
  }

  /** The programs in this directory; those that are not there are looked for in PATH. */
  static PostgresPrograms in(Path directory) {
    return new PostgresPrograms(directory);
  }

  /** Whether these tests run as root, so that the cluster has to belong to another user. */
  public static boolean runsAsRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  public Path directory() {
    return directory;
  }

  /** The whole command line that runs one of PostgreSQL's programs, or any other, as its user. */
  public List<String> command(String program, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (runsAsRoot()) {
      // setpriv becomes the program, so that a signal to it is a signal to the program.
      command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"));
    }
    Path own = directory.resolve(program);
    command.add(Files.isExecutable(own) ? own.toString() : program);
    command.addAll(arguments);
    return command;
  }

  /** A program that is ready to run in a directory, with nothing of our own PostgreSQL settings. */
  public ProcessBuilder prepare(Path workDirectory, String program, List<String> arguments) {
    ProcessBuilder builder = new ProcessBuilder(command(program, arguments));
    builder.directory(workDirectory.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("PG"));
    environment.put("HOME", workDirectory.toString());
    environment.put("LC_ALL", "C");
    return builder;
  }

  /** Runs a program to its end; when the deadline is over, kills it and fails. */
  public static ProgramResult run(ProcessBuilder builder, String input, Duration deadline) {
    try {
      Process process = builder.start();
      CompletableFuture<String> output = text(process.getInputStream());
      CompletableFuture<String> errors = text(process.getErrorStream());
      try (var stdin = process.outputWriter(StandardCharsets.UTF_8)) {
        stdin.write(input);
      } catch (IOException e) {
        // It ended without reading all; its exit status and its errors say more.
      }
      boolean ended = process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
      ProgramResult result =
          new ProgramResult(builder.command(), process.exitValue(), output.join(), errors.join());
      if (!ended) {
        throw new IllegalStateException("killed after " + deadline + ": " + result);
      }
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + String.join(" ", builder.command()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted: " + String.join(" ", builder.command()), e);
    }
  }

  private static CompletableFuture<String> text(InputStream stream) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            return "(output lost: " + e + ")\n";
          }
        },
        task -> {
          Thread thread = new Thread(task, "program output");
          thread.setDaemon(true);
          thread.start();
        });
  }

  private static Stream<Path> candidates() {
    List<Path> candidates = new ArrayList<>();
    String named = System.getProperty("postgresql.bin");
    if (named != null) {
      candidates.add(Path.of(named));
    }
    if (Files.isDirectory(DEBIAN)) {
      try (DirectoryStream<Path> versions = Files.newDirectoryStream(DEBIAN, "[0-9]*")) {
        List<Path> found = new ArrayList<>();
        versions.forEach(found::add);
        found.sort(Comparator.comparingDouble(PostgresPrograms::version).reversed());
        found.forEach(version -> candidates.add(version.resolve("bin")));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot list " + DEBIAN, e);
      }
    }
    String path = System.getenv("PATH");
    for (String directory : (path == null ? "" : path).split(File.pathSeparator, -1)) {
      candidates.add(Path.of(directory));
    }
    return candidates.stream();
  }

  private static double version(Path directory) {
    return Double.parseDouble(directory.getFileName().toString());
  }
}
