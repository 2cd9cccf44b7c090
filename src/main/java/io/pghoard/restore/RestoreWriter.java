// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarReader;
import io.pghoard.postgres.ControlFile;
import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PlainSize;
import io.pghoard.restore.RestoreProgress.Phase;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a planned restore: {@link #begin}, {@link #writeMainObject}, {@link #writeChunk} for each
 * chunk by as many threads as one likes, {@link #finish}.
 *
 * <p>pg_control, without which no server starts, is written last: until then a restore that was cut
 * off cannot be mistaken for a cluster.
 */
final class RestoreWriter implements Closeable {
  /** PG_CONTROL_FILE_SIZE. */
  private static final int PG_CONTROL_SIZE = 8192;

  private static final String PG_CONTROL = "global/pg_control";

  private final RestorePlan plan;
  private final RestoreProgress progress;
  private final TargetRule rule;
  private final Path data;
  private final RestoredFiles files;
  private final KeptFiles kept;
  private final Map<ObjectKey, Long> sizes = new HashMap<>();
  private volatile byte @Nullable [] pgControl;
  private @Nullable RestoreMark mark;
  private @Nullable RestoredOwner owner;

  /** A restore to directories that nobody else writes. */
  RestoreWriter(RestorePlan plan, RestoreProgress progress) {
    this(plan, progress, directory -> {});
  }

  /**
   * A restore that looks at each directory again when it has made it.
   *
   * @param rule of every directory that it writes
   */
  RestoreWriter(RestorePlan plan, RestoreProgress progress, TargetRule rule) {
    this.rule = rule;
    this.plan = plan;
    this.progress = progress;
    this.data = plan.dataDirectory().path();
    this.files = new RestoredFiles(plan, progress);
    this.kept = new KeptFiles(plan, progress);
    if (plan.backup().format() == BaseBackup.Format.CHUNKS) {
      plan.chunks().forEach(chunk -> sizes.put(chunk.key(), chunk.plainBytes()));
    }
  }

  /**
   * Empties the target, when it is to be overwritten, and makes its directories.
   *
   * @throws RestoreRefusedException when another restore writes there, or the target was taken into
   *     use since it was planned
   */
  void begin() throws IOException {
    progress.enter(Phase.WRITING);
    TargetDirectory target = plan.dataDirectory();
    boolean overwrite = plan.request().overwrite();
    owner = RestoredOwner.of(target.path());
    target.create(rule);
    RestoreMark taken = RestoreMark.take(data, markText(), overwrite);
    mark = taken;
    List<Clearing> clearings;
    try {
      clearings = clearings(target, overwrite);
    } catch (IOException | RuntimeException e) {
      taken.undo();
      throw e;
    }
    // Before all else: a cluster that is half gone must not start.
    files.deleteControl();
    clear(clearings);
    Path wal = target.linkedWal();
    if (wal != null) {
      files.trust(wal);
    }
    for (TablespaceDirectory tablespace : plan.tablespaces()) {
      files.createDirectories(data.resolve("pg_tblspc"));
      Files.createSymbolicLink(tablespace.link(data), tablespace.path());
    }
  }

  /** Empties the directories, but for the files that are kept. */
  private void clear(List<Clearing> clearings) throws IOException {
    if (!kept.wanted()) {
      for (Clearing clearing : clearings) {
        clearing.run();
      }
      return;
    }
    Map<Path, String> prefixes = new HashMap<>();
    prefixes.put(data.toRealPath(), "");
    for (TablespaceDirectory tablespace : plan.tablespaces()) {
      String oid = Long.toUnsignedString(tablespace.oid());
      prefixes.put(tablespace.path().toRealPath(), "pg_tblspc/" + oid + "/");
    }
    for (Clearing clearing : clearings) {
      Path root = clearing.roots().get(0);
      String prefix = prefixes.get(root);
      clearing.run(file -> prefix != null && kept.keeps(root, prefix, file));
    }
    kept.makeDirectories(files);
    progress.note(kept.note());
  }

  /**
   * Which chunks have a file that is not in place.
   *
   * @param tar of the main object; its record is read
   */
  private List<RestoreChunk> missing(TarReader tar) throws IOException {
    Set<String> needed = BaseBackupObject.chunksWith(tar, name -> !files.hasCome(name));
    return plan.chunks().stream().filter(chunk -> needed.contains(chunk.fileName())).toList();
  }

  /**
   * Finds out what is to be deleted, and whether it can be. The data directory comes last: by its
   * links the next restore finds the tablespaces that this one has not emptied.
   */
  private List<Clearing> clearings(TargetDirectory target, boolean overwrite) throws IOException {
    target.requireStillUsable(overwrite);
    Path wal = target.linkedWal();
    if (wal != null) {
      rule.require(wal);
    }
    List<Clearing> clearings = new ArrayList<>();
    for (TablespaceDirectory tablespace : plan.tablespaces()) {
      new TargetDirectory(tablespace.path()).create(rule);
      tablespace.requireUsable(plan.request());
      if (overwrite && tablespace.belongsTo(data)) {
        clearings.add(tablespace.clearing(data));
      }
    }
    clearings.add(target.clearing());
    for (Clearing clearing : clearings) {
      clearing.requirePossible();
    }
    return clearings;
  }

  private String markText() {
    return "pghoard is restoring the base backup "
        + plan.backup().name()
        + " here, or was interrupted. While this file is here, the directory is no cluster;"
        + " restore again with --continue, which keeps what is right, or with --overwrite.\n";
  }

  /** Lets others restore there; what was written stays. */
  @Override
  public void close() throws IOException {
    if (mark != null) {
      mark.close();
    }
  }

  /**
   * Writes what the main object holds beside its record, and keeps its pg_control for later.
   *
   * @param in the decoded main object, read to its end
   * @return the chunks that are to be written
   */
  List<RestoreChunk> writeMainObject(InputStream in) throws IOException {
    TarReader tar = BaseBackupObject.open(in);
    List<RestoreChunk> chunks = kept.wanted() ? missing(tar) : plan.chunks();
    for (TarEntry entry; (entry = tar.next()) != null; ) {
      if (!entry.name().equals(BaseBackupObject.RECORD)) {
        write(entry, tar.content());
      }
    }
    return chunks;
  }

  private byte[] readPgControl(TarEntry entry, InputStream content) throws IOException {
    if (entry.size() != PG_CONTROL_SIZE) {
      throw new IOException(
          "the pg_control of base backup %s has %d bytes and not %d"
              .formatted(plan.backup().name(), entry.size(), PG_CONTROL_SIZE));
    }
    FileDigest digest = plan.checks().start(PG_CONTROL, entry.size());
    byte[] bytes = content.readNBytes(PG_CONTROL_SIZE);
    digest.update(bytes, 0, bytes.length);
    plan.checks().finish(PG_CONTROL, bytes.length, digest);
    return bytes;
  }

  /**
   * Writes the files of one chunk. May be called by several threads at once.
   *
   * @param in the decoded chunk, read to its end
   */
  void writeChunk(InputStream in) throws IOException {
    TarReader tar = new TarReader(in);
    for (TarEntry entry; (entry = tar.next()) != null; ) {
      // pg_basebackup's own archive, the oldest format, begins at the data directory.
      boolean whole = plan.backup().format() == BaseBackup.Format.RAW;
      write(whole ? entry.named("pgdata/" + entry.name()) : entry, tar.content());
    }
  }

  private void write(TarEntry entry, InputStream content) throws IOException {
    switch (entry.name()) {
      case BaseBackupObject.PG_CONTROL -> pgControl = readPgControl(entry, content);
      case BaseBackupObject.BACKUP_MANIFEST -> files.writeUnlisted(entry, content);
      default -> files.write(entry, content);
    }
  }

  /**
   * Makes a cluster of what was written: checks that it is whole, adds the recovery settings, makes
   * sure that it is on disk, and puts pg_control in place.
   */
  void finish() throws IOException {
    byte[] control = pgControl;
    if (control == null) {
      throw new IOException("base backup " + plan.backup().name() + " has no file pg_control");
    }
    plan.checks().requireComplete();
    files.notes().forEach(progress::note);
    new RestoredSettings(plan, progress).write(new ControlFile(control));
    give();
    progress.enter(Phase.SYNCING);
    DurableTree.sync(data);
    for (TablespaceDirectory tablespace : plan.tablespaces()) {
      DurableTree.sync(tablespace.path());
    }
    Path wal = plan.dataDirectory().linkedWal();
    if (wal != null) {
      DurableTree.sync(wal);
    }
    files.requireGoingOn();
    Path temporary = data.resolve(PG_CONTROL + ".restoring");
    files.createDirectories(data.resolve("global"));
    files.create(temporary, control);
    give(temporary);
    Files.move(temporary, data.resolve(PG_CONTROL), StandardCopyOption.ATOMIC_MOVE);
    DurableTree.syncDirectory(data.resolve("global"));
    // Not before pg_control is on disk: without either, nobody could tell what this is.
    if (mark != null) {
      mark.delete();
    }
    DurableTree.syncDirectory(data);
    close();
  }

  /** Gives everything to the user as whom the server is to run, when this is root. */
  private void give() throws IOException {
    RestoredOwner whose = owner;
    if (whose == null) {
      return;
    }
    for (TablespaceDirectory tablespace : plan.tablespaces()) {
      whose.give(tablespace.path());
    }
    Path wal = plan.dataDirectory().linkedWal();
    if (wal != null) {
      whose.give(wal);
    }
    files.createDirectories(data.resolve("global"));
    whose.give(data);
    progress.note(whose.note());
  }

  /** The same of one file. */
  void give(Path file) throws IOException {
    RestoredOwner whose = owner;
    if (whose != null) {
      whose.give(file);
    }
  }

  /** How many bytes the archive of a chunk may have: room for more was not looked for. */
  long largest(ObjectKey chunk) {
    return sizes.getOrDefault(chunk, PlainSize.LARGEST);
  }

  /** Whether the data directory holds all that the server needs to start. */
  boolean hasConfiguration() {
    return Files.exists(data.resolve("postgresql.conf"));
  }
}
