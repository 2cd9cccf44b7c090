// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.backup.BaseBackupStatus.Phase;
import io.pghoard.backup.ChunkCutter.StoredChunk;
import io.pghoard.config.SiteName;
import io.pghoard.host.SteadyClock;
import io.pghoard.postgres.BackupLabel;
import io.pghoard.postgres.PostgresText;
import io.pghoard.postgres.WalFileName;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.LeftOut;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import io.pghoard.server.Progress;
import io.pghoard.server.RunningProgram;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One base backup while it is taken, from the start of pg_basebackup to its main object. */
public final class BaseBackupRun {
  private final BaseBackupPlan plan;
  private final Clock clock;
  private final HeldFiles held;
  private final BackedUpTablespaces tablespaces;
  private final LeftOutFiles leftOut;
  private final WalWait wait;
  private volatile Phase phase = Phase.WAITING_FOR_CHECKPOINT;
  private volatile Progress progress = new Progress(0, 0);
  private volatile @Nullable ChunkCutter cutter;
  private volatile @Nullable Throwable cancelled;
  private volatile boolean complete;
  private @Nullable BaseBackupMetadata metadata;

  BaseBackupRun(BaseBackupPlan plan, ObjectStore store, Clock clock) {
    this.plan = plan;
    this.wait = new WalWait(plan, store, new SteadyClock());
    this.clock = clock;
    this.held = new HeldFiles(plan.directory().resolve("backup_manifest"));
    this.leftOut = new LeftOutFiles(plan.site().name());
    this.tablespaces = new BackedUpTablespaces(plan.tablespaces(), held);
  }

  /** By which the backup is listed, once it exists. */
  public String name() {
    return plan.name();
  }

  public SiteName site() {
    return plan.site().name();
  }

  /** What was stored of it, for people. */
  String sizes() {
    return cutter().sizes();
  }

  /** The path of pg_basebackup. */
  public String program() {
    return plan.program().toString();
  }

  /** The arguments of pg_basebackup; the password is not among them. */
  public List<String> arguments() {
    return plan.arguments();
  }

  /**
   * Takes over pg_basebackup, and cuts what it delivers into chunks.
   *
   * @throws IOException when the backup was cancelled before
   */
  public ChunkCutter chunks(RunningProgram program) throws IOException {
    program.listen(line -> heard(line, program));
    Runnable dataArrived =
        () -> {
          phase = Phase.WAITING_FOR_WAL;
          program.endAfter(
              plan.site().baseBackup().walTimeout(),
              "its WAL was not archived within "
                  + plan.site().baseBackup().walTimeout().toSeconds()
                  + " s; "
                  + wait.remedy());
        };
    BackupTars tars =
        plan.streamed()
            ? new StreamedTar(program)
            : new TarFiles(program, plan.tars(), tablespaces);
    ChunkCutter cutting =
        new ChunkCutter(
            new ClusterFiles(tars, held, plan.streamed() ? dataArrived : () -> {}),
            plan.site().baseBackup().chunkSize(),
            plan.site().baseBackup().chunksInProgress());
    cutter = cutting;
    // Whichever of the two comes second sees the other one.
    Throwable before = cancelled;
    if (before != null) {
      cutting.fail(before);
      throw new IOException(before.getMessage(), before);
    }
    return cutting;
  }

  ObjectKey chunkKey(Chunk chunk) {
    if (chunk.number() > BaseBackupObject.MOST_CHUNKS) {
      throw new IllegalStateException(
          plan.name() + " has too many chunks: raise basebackup_chunk_size");
    }
    return plan.keys().chunk(plan.name(), chunk.number());
  }

  /** A chunk as an object to be stored. */
  public ChunkObject chunkObject(Chunk chunk) {
    return new ChunkObject(this, chunk);
  }

  /** The metadata of a chunk, once it was read to its end. */
  Map<String, String> chunkMetadata(Chunk chunk) {
    return BaseBackupMetadata.ofChunk(plan, chunk.size());
  }

  /**
   * The history of the backup's timeline, if the site's WAL directory has it.
   *
   * <p>PostgreSQL hands it to the archiver only when it archives at the moment of the promotion.
   */
  public Optional<WalFileName> historyInWalDirectory() throws IOException {
    Path directory = plan.walDirectory();
    return requiredWal()
        .history()
        .filter(name -> directory != null && Files.isRegularFile(directory.resolve(name.text())));
  }

  /** The WAL files that pg_basebackup fetched with the backup, none unless the site wants that. */
  public List<Path> fetchedWal() throws IOException {
    return held.wal();
  }

  /**
   * Whether WAL that the backup needs is not in the repository yet.
   *
   * @throws IOException when it has not arrived in time since this was first asked, or cannot
   *     arrive any more; with the first segment that is missing
   */
  public boolean waitsForWal() throws IOException {
    // The service may be stopped meanwhile.
    cutter().check();
    RequiredWal wal = requiredWal();
    if (!wait.isOver(wal)) {
      return true;
    }
    phase = Phase.FINISHING;
    BackupLabel label = BackupLabel.parse(PostgresText.of(held.backupLabel()), held.labelWritten());
    metadata = new BaseBackupMetadata(plan, label, wal, clock.instant());
    return false;
  }

  private RequiredWal requiredWal() throws IOException {
    phase = Phase.WAITING_FOR_WAL;
    return wait.wal(manifest());
  }

  ObjectKey mainKey() {
    return plan.keys().mainObject(plan.name());
  }

  /** The plain main object, in a file that goes with the run. */
  Path mainObject() throws IOException {
    Path file = plan.directory().resolve("main.tar");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      object().write(out, held.pgControl(), held.backupLabel(), manifest());
    }
    ready().sized(Files.size(file));
    return file;
  }

  /** The metadata of the main object, once that was made. */
  Map<String, String> mainMetadata() throws IOException {
    Map<String, String> all = ready().ofMainObject(object());
    LeftOut.add(leftOut.names(), all);
    return all;
  }

  /** How far it is. */
  BaseBackupStatus.Running status() {
    Progress now = progress;
    return new BaseBackupStatus.Running(
        plan.name(), plan.reason(), plan.decided(), phase, now.doneBytes(), now.totalBytes());
  }

  BaseBackupPlan plan() {
    return plan;
  }

  /** Ends pg_basebackup; whoever takes the backup then finds that it failed. */
  void cancel(Throwable cause) {
    cancelled = cause;
    ChunkCutter cutting = cutter;
    if (cutting != null) {
      cutting.fail(cause);
    }
  }

  void complete() {
    complete = true;
  }

  boolean isComplete() {
    return complete;
  }

  /** Ends pg_basebackup, and returns when no chunk is in progress any more. */
  void abort(Throwable cause) {
    ChunkCutter cutting = cutter;
    if (cutting != null) {
      cutting.fail(cause);
      try {
        cutting.check();
      } catch (IOException expected) {
        // It is the failure that was just reported, or an earlier one that led to it.
        if (expected.getCause() != cause) {
          cause.addSuppressed(expected);
        }
      }
    }
  }

  private ChunkCutter cutter() {
    ChunkCutter cutting = cutter;
    if (cutting == null) {
      throw new IllegalStateException("no chunk of " + plan.name() + " was stored");
    }
    return cutting;
  }

  private BaseBackupMetadata ready() {
    if (metadata == null) {
      throw new IllegalStateException("the WAL of " + plan.name() + " was not waited for");
    }
    return metadata;
  }

  private Path manifest() throws IOException {
    return plan.streamed() ? held.manifest() : plan.manifest();
  }

  private BaseBackupObject object() throws IOException {
    List<BaseBackupObject.Chunk> chunks = cutter().chunks().stream().map(this::listed).toList();
    return ready().object(tablespaces.byKey(), chunks);
  }

  private BaseBackupObject.Chunk listed(StoredChunk chunk) {
    String file = SiteKeys.chunkFileName(plan.name(), chunk.number());
    return new BaseBackupObject.Chunk(file, chunk.inputSize(), chunk.resultSize(), chunk.files());
  }

  private void heard(String line, RunningProgram program) {
    leftOut.heard(line, program::end);
    Progress.parse(line).ifPresent(now -> advanced(now, program));
  }

  private void advanced(Progress now, RunningProgram program) {
    if (phase == Phase.WAITING_FOR_CHECKPOINT) {
      phase = Phase.COPYING;
    }
    if (!plan.streamed()) {
      new CopySpace(plan.directory()).check(now, program);
      // On disk nothing slows it down but the server: no progress means that it waits for WAL.
      program.endAfter(
          plan.site().baseBackup().walTimeout(),
          "it made no progress within "
              + plan.site().baseBackup().walTimeout().toSeconds()
              + " s: the WAL of the backup was not archived, or the server does not answer");
    }
    progress = now;
  }
}
