// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A real PostgreSQL for tests: a cluster in a directory of its own, which is gone after {@link
 * #close}. It listens on a free port of 127.0.0.1 and on a socket in its directory, and lets its
 * superuser {@code postgres} in without a password, for replication too.
 *
 * <pre>{@code
 * try (PostgresCluster cluster = PostgresCluster.create()) {
 *   cluster.psql("CREATE TABLE t AS SELECT generate_series(1, 1000) AS n");
 *   assertThat(cluster.value("SELECT count(*) FROM t")).isEqualTo("1000");
 * }
 * }</pre>
 */
public final class PostgresCluster implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private final PostgresPrograms programs;
  private final ClusterDirectory directory;
  private final Path dataDirectory;
  private final int port = freePort();

  private PostgresCluster(
      PostgresPrograms programs, ClusterDirectory directory, Path dataDirectory) {
    this.programs = programs;
    this.directory = directory;
    this.dataDirectory = dataDirectory;
  }

  private static PostgresCluster in(
      PostgresPrograms programs, ClusterDirectory directory, Path dataDirectory) {
    PostgresCluster cluster = new PostgresCluster(programs, directory, dataDirectory);
    // For a test run that is interrupted; after a close there is nothing left to do.
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close));
    return cluster;
  }

  /** A new cluster with {@link ClusterOptions#standard}, started. */
  public static PostgresCluster create() {
    return create(ClusterOptions.standard());
  }

  /** A new cluster, started. */
  public static PostgresCluster create(ClusterOptions options) {
    return create(options, PostgresPrograms.find());
  }

  static PostgresCluster create(ClusterOptions options, PostgresPrograms programs) {
    PostgresCluster cluster = inNewDirectory(programs);
    try {
      List<String> arguments = new ArrayList<>();
      arguments.add("--pgdata=" + cluster.dataDirectory);
      arguments.addAll(List.of("--username=postgres", "--auth=trust", "--no-sync"));
      arguments.addAll(List.of("--encoding=UTF8", "--locale=C"));
      arguments.add("--wal-segsize=" + options.walSegmentMegabytes());
      if (options.checksums()) {
        arguments.add("--data-checksums");
      }
      cluster.run("initdb", arguments).orFail();
      ClusterOptions.append(cluster.dataDirectory, options.settings());
      cluster.start();
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.closeAfter(e);
      throw e;
    }
  }

  /**
   * Starts what lies in a restored data directory, by {@code pg_ctl start} alone. Gives the files
   * to the user that PostgreSQL runs as, and lets that user in. The caller removes the directory.
   */
  public static PostgresCluster open(Path restoredDataDirectory) {
    return open(restoredDataDirectory, PostgresPrograms.find());
  }

  static PostgresCluster open(Path restoredDataDirectory, PostgresPrograms programs) {
    PostgresCluster cluster = restored(restoredDataDirectory, programs);
    try {
      cluster.start();
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.closeAfter(e);
      throw e;
    }
  }

  /** As {@link #open}, but not started: for a start that is expected to fail, or to be delayed. */
  public static PostgresCluster restored(Path dataDirectory) {
    return restored(dataDirectory, PostgresPrograms.find());
  }

  private static PostgresCluster restored(Path dataDirectory, PostgresPrograms programs) {
    ClusterDirectory directory = ClusterDirectory.create();
    directory.own(dataDirectory);
    return in(programs, directory, dataDirectory);
  }

  /** A streaming standby of this cluster, made by pg_basebackup and started. */
  public PostgresCluster standby() {
    PostgresCluster standby = inNewDirectory(programs);
    try {
      List<String> arguments = new ArrayList<>(List.of("--pgdata=" + standby.dataDirectory));
      arguments.addAll(List.of("--write-recovery-conf", "--checkpoint=fast", "--no-sync"));
      arguments.addAll(List.of("--wal-method=stream", "--dbname=" + connectionString()));
      run("pg_basebackup", arguments).orFail();
      standby.start();
      return standby;
    } catch (RuntimeException | Error e) {
      standby.closeAfter(e);
      throw e;
    }
  }

  /** Starts the server and waits until it accepts connections; fails with the server's log. */
  public void start() {
    String options = "-p %d -k %s".formatted(port, directory.sockets());
    ProgramResult result =
        run("pg_ctl", List.of("start", "-D", data(), "-l", log(), "-o", options, "-w", "-t", "60"));
    if (result.status() != 0) {
      List<String> lines = serverLog().lines().toList();
      List<String> last = lines.subList(Math.max(0, lines.size() - 40), lines.size());
      throw new IllegalStateException(result + "\n" + String.join("\n", last));
    }
  }

  /** Stops the server after a checkpoint (fast mode). */
  public void stop() {
    stop("fast").orFail();
  }

  /** Stops the server as a crash would (immediate mode): the next start recovers. */
  public void stopImmediately() {
    stop("immediate").orFail();
  }

  /** Stops the server (fast mode) and starts it again, on the same port. */
  public void restart() {
    stop();
    start();
  }

  /**
   * Kills the server with SIGKILL, as out of memory would, and waits until it is gone. Its lock
   * files go too: where init is slow to reap, PostgreSQL takes the dead for the living.
   */
  public void kill() {
    ServerProcess server = ServerProcess.of(dataDirectory);
    server.kill();
    run("ipcrm", List.of("-m", server.sharedMemoryId()));
    ServerProcess.removeLocks(dataDirectory, directory.sockets());
  }

  /** Whether the server runs. */
  public boolean running() {
    return Files.exists(ServerProcess.lockFile(dataDirectory))
        && ServerProcess.of(dataDirectory).runs();
  }

  /** Ends the recovery of a standby and waits until it accepts writes. */
  public void promote() {
    run("pg_ctl", List.of("promote", "-D", data(), "-w", "-t", "60")).orFail();
  }

  /** Sets one setting in postgresql.conf and reloads; some settings need a restart. */
  public void configure(String name, String value) {
    ClusterOptions.append(dataDirectory, Map.of(name, value));
    if (running()) {
      run("pg_ctl", List.of("reload", "-D", data())).orFail();
    }
  }

  /** Runs SQL, statement by statement; the rows, their columns separated by {@code |}. */
  public List<String> psql(String sql) {
    List<String> arguments = List.of("-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-");
    ProcessBuilder psql = program("psql", arguments);
    return PostgresPrograms.run(psql, sql, DEADLINE).orFail().lines();
  }

  /** The only value of the only row of a query. */
  public String value(String sql) {
    List<String> rows = psql(sql);
    if (rows.size() != 1) {
      throw new IllegalStateException("one row expected of " + sql + ", but: " + rows);
    }
    return rows.get(0);
  }

  /** Runs pgbench to its end: {@code pgbench("-i", "-s", "2")}, {@code pgbench("-T", "5")}. */
  public ProgramResult pgbench(String... arguments) {
    return run("pgbench", Arrays.asList(arguments)).orFail();
  }

  /** Finishes the current WAL segment; its name. */
  public String switchWal() {
    return value("SELECT pg_walfile_name(pg_switch_wal())");
  }

  /** Runs a program of PostgreSQL, or any other, as the cluster's user, to its end. */
  public ProgramResult run(String program, List<String> arguments) {
    return PostgresPrograms.run(program(program, arguments), "", DEADLINE);
  }

  /** A program that connects to this cluster by default, to be started as the cluster's user. */
  public ProcessBuilder program(String program, List<String> arguments) {
    ProcessBuilder builder = programs.prepare(directory.path(), program, arguments);
    Map<String, String> environment = builder.environment();
    environment.put("PGHOST", directory.sockets().toString());
    environment.put("PGPORT", Integer.toString(port));
    environment.put("PGUSER", "postgres");
    environment.put("PGDATABASE", "postgres");
    return builder;
  }

  /** How to connect over TCP; the database is postgres. */
  public ConnectionInfo connectionInfo() {
    return new ConnectionInfo(
        Map.of("host", "127.0.0.1", "port", Integer.toString(port), "user", "postgres"));
  }

  /** {@link #connectionInfo} as libpq's key=value string. */
  public String connectionString() {
    return connectionInfo().toConnectionString();
  }

  public int port() {
    return port;
  }

  public Path dataDirectory() {
    return dataDirectory;
  }

  public Path walDirectory() {
    return dataDirectory.resolve("pg_wal");
  }

  /** Where PostgreSQL's programs lie. */
  public Path binDirectory() {
    return programs.directory();
  }

  /** A directory of the cluster's user that everyone may enter; goes with the cluster. */
  public ClusterDirectory directory() {
    return directory;
  }

  /** The process id of the server. */
  public long pid() {
    return ServerProcess.of(dataDirectory).pid();
  }

  /** All that the server has logged. */
  public String serverLog() {
    try {
      return Files.exists(Path.of(log())) ? Files.readString(Path.of(log())) : "(no server log)";
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + log(), e);
    }
  }

  /** Stops the server, whatever state it is in, and removes what {@link #create} made. */
  @Override
  public void close() {
    try {
      if (running()) {
        ProgramResult result = stop("immediate");
        if (result.status() != 0) {
          kill();
        }
      }
    } finally {
      directory.close();
    }
  }

  private static PostgresCluster inNewDirectory(PostgresPrograms programs) {
    ClusterDirectory directory = ClusterDirectory.create();
    return in(programs, directory, directory.path().resolve("data"));
  }

  private void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private ProgramResult stop(String mode) {
    return run("pg_ctl", List.of("stop", "-D", data(), "-m", mode, "-w", "-t", "60"));
  }

  private String data() {
    return dataDirectory.toString();
  }

  private String log() {
    return directory.path().resolve("server.log").toString();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on 127.0.0.1", e);
    }
  }
}
