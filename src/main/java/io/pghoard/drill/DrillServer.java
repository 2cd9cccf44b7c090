// SPDX-License-Identifier: Apache-2.0
package io.pghoard.drill;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.server.RunningProgram;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The server of a scratch cluster, alone: reached by a socket in a directory that only its user can
 * enter, without archiving, replication and subscriptions.
 */
public final class DrillServer implements AutoCloseable {
  /** What PostgreSQL logs once it takes writes, in every version; read-only it is worded apart. */
  private static final String READY = "database system is ready to accept connections";

  private static final List<String> SETTINGS =
      List.of(
          "listen_addresses=",
          "port=5432",
          "archive_mode=off",
          "archive_command=",
          "max_logical_replication_workers=0",
          // Nor those of extensions: pg_cron's would run jobs on the server that was backed up.
          "max_worker_processes=0",
          "primary_conninfo=",
          "synchronous_standby_names=",
          "hot_standby=off",
          "autovacuum=off",
          "ssl=off",
          "logging_collector=off",
          "log_destination=stderr",
          // READY is told at this level.
          "log_min_messages=warning",
          "default_transaction_read_only=off",
          "statement_timeout=0",
          "lock_timeout=0",
          "lc_messages=C");

  private final DrillScratch scratch;
  private final Path binDirectory;
  private final RunningProgram server;
  private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

  private DrillServer(DrillScratch scratch, Path binDirectory, RunningProgram server) {
    this.scratch = scratch;
    this.binDirectory = binDirectory;
    this.server = server;
  }

  /**
   * Starts the server, and returns when it has recovered and takes writes.
   *
   * @param postgres the program
   * @throws IOException with the last lines of its log when it ended, or was ended at the limit
   */
  public static DrillServer start(DrillScratch scratch, Path postgres, Duration limit)
      throws IOException {
    Path data = scratch.data();
    Path hba = scratch.sockets().resolve("pg_hba.conf");
    Files.writeString(hba, "local all all trust\n");
    Files.setPosixFilePermissions(hba, PosixFilePermissions.fromString("rw-r--r--"));
    List<String> arguments = new ArrayList<>(List.of("-D", data.toString()));
    for (String setting : SETTINGS) {
      arguments.addAll(List.of("-c", setting));
    }
    arguments.addAll(List.of("-c", "unix_socket_directories=" + scratch.sockets()));
    arguments.addAll(List.of("-c", "hba_file=" + hba));
    List<String> command = scratch.command(postgres, arguments);
    RunningProgram running =
        RunningProgram.start("postgres", command.get(0), command.subList(1, command.size()));
    DrillServer server =
        new DrillServer(
            scratch, Objects.requireNonNull(postgres.toAbsolutePath().getParent()), running);
    try {
      running.endAfter(limit, "the drill took longer than its timeout");
      running.listen(
          line -> {
            if (line.endsWith(READY)) {
              server.ready.complete(true);
            }
          });
      Thread reader = new Thread(server::readToTheEnd, "drill-server");
      reader.setDaemon(true);
      reader.start();
      server.awaitReady();
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void readToTheEnd() {
    try {
      server.transferTo(OutputStream.nullOutputStream());
      ready.completeExceptionally(new IOException("postgres ended by itself"));
    } catch (IOException e) {
      // After it was ready, whoever asks the server notices.
      ready.completeExceptionally(e);
    }
  }

  private void awaitReady() throws IOException {
    try {
      ready.get();
    } catch (ExecutionException e) {
      throw new DrillFailedException(
          "the restored cluster does not recover: "
              + Objects.requireNonNull(e.getCause()).getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the restored cluster recovered");
    }
  }

  /** What one statement gives in a database, one row a line. */
  public String ask(Login login, String sql, Duration limit) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-X", "-A", "-t", "-q"));
    arguments.addAll(List.of("-v", "ON_ERROR_STOP=1", "-c", sql));
    return run("psql", login, List.of(), arguments, limit).strip();
  }

  /** Whether a program is beside the server's. */
  public boolean has(String program) {
    return Files.isExecutable(binDirectory.resolve(program));
  }

  /** Looks through all tables and B-tree indexes for damage. */
  public void amcheck(Login login, Duration limit) throws IOException {
    run("pg_amcheck", login, List.of("--all", "--install-missing"), List.of(), limit);
  }

  /** As whom a drill asks, and in which database. */
  public record Login(String user, String database) {}

  private String run(
      String program, Login login, List<String> before, List<String> after, Duration limit)
      throws IOException {
    List<String> arguments = new ArrayList<>(before);
    arguments.addAll(List.of("-h", scratch.sockets().toString(), "-p", "5432"));
    arguments.addAll(List.of("-U", login.user()));
    if (program.equals("psql")) {
      arguments.addAll(List.of("-d", login.database()));
    }
    arguments.addAll(after);
    List<String> command = scratch.command(binDirectory.resolve(program), arguments);
    try (RunningProgram running =
        RunningProgram.start(program, command.get(0), command.subList(1, command.size()))) {
      running.endAfter(limit, "the drill took longer than its timeout");
      byte[] said = running.readNBytes(1 << 20);
      // The exit status is looked at where the output ends, and damage has much to say.
      running.transferTo(OutputStream.nullOutputStream());
      return new String(said, UTF_8);
    }
  }

  /** Ends the server; the cluster is deleted anyway. */
  @Override
  public void close() throws IOException {
    server.close();
  }
}
