// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.codec.FileNameBytes;
import io.pghoard.codec.TarEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The files of a restored cluster as they are written, each one checked while it is. */
final class RestoredFiles {
  private static final Set<OpenOption> NEW_FILE =
      Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS);
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** Files that are refused: what they say is of the machine that was backed up. */
  private static final Set<String> NOT_RESTORED =
      Set.of(FileChecks.TABLESPACE_MAP, "postmaster.pid", "postmaster.opts");

  private static final Pattern TABLESPACE_LINK = Pattern.compile("pg_tblspc/[0-9]+");

  private final Path data;
  private final FileChecks checks;
  private final RestoreProgress progress;
  private final boolean keeping;
  private final Map<String, TablespaceDirectory> tablespaces;
  // Directories that are known to exist and to lie where their path says.
  private final Set<Path> safe = ConcurrentHashMap.newKeySet();
  private final SomeNames links = new SomeNames();
  private volatile @Nullable Path linkedWal;

  /** Where an entry goes, and what the manifest calls it. */
  private record Place(Path root, String relative, String manifestPath) {
    Path path() {
      return FileNameBytes.resolve(root, relative);
    }

    Path parent() {
      return Objects.requireNonNull(path().getParent());
    }
  }

  RestoredFiles(RestorePlan plan, RestoreProgress progress) {
    this.data = plan.dataDirectory().path();
    this.checks = plan.checks();
    this.progress = progress;
    this.keeping = plan.request().keep();
    this.tablespaces =
        plan.tablespaces().stream()
            .collect(Collectors.toMap(TablespaceDirectory::key, Function.identity()));
  }

  /**
   * Writes one entry of a chunk or of a main object.
   *
   * @throws IOException also when the entry leads out of the cluster, is there already, or is not
   *     as the backup's manifest says
   */
  void write(TarEntry entry, InputStream content) throws IOException {
    requireGoingOn();
    Place place = place(entry.name());
    if (place.relative().isEmpty() && entry.type() != TarEntry.Type.DIRECTORY) {
      throw new IOException("the base backup holds a " + entry.type() + " named " + entry.name());
    }
    switch (entry.type()) {
      case DIRECTORY -> writeDirectory(entry, place);
      case SYMLINK -> writeLink(entry, place);
      case FILE -> {
        boolean kept = keeping && checks.hasCome(place.manifestPath());
        if (!kept && !NOT_RESTORED.contains(place.manifestPath())) {
          FileDigest digest = checks.start(place.manifestPath(), entry.size());
          long size = writeFile(entry, place, content, digest);
          checks.finish(place.manifestPath(), size, digest);
        }
      }
      case HARD_LINK -> throw new IOException("the base backup holds a hard link, " + entry.name());
    }
  }

  /** Whether the file of a chunk's entry is in place, or is not restored. */
  boolean hasCome(String entry) {
    try {
      String path = place(entry).manifestPath();
      return NOT_RESTORED.contains(path) || checks.hasCome(path);
    } catch (IOException e) {
      // It belongs nowhere, as whoever writes it will say.
      return false;
    }
  }

  /** Writes a file that no manifest lists. */
  void writeUnlisted(TarEntry entry, InputStream content) throws IOException {
    writeFile(entry, place(entry.name()), content, FileDigest.of("NONE"));
  }

  /** Lets the files of pg_wal lie elsewhere, where a link that was there before leads to. */
  void trust(Path wal) throws IOException {
    linkedWal = wal.toRealPath();
  }

  /** Creates a small file of our own, durably. */
  void create(Path path, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(path, NEW_FILE, OWNER_ONLY)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }

  void createDirectories(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, DIRECTORY);
    }
  }

  /**
   * Ends this thread's part of a restore that was cancelled, or that has failed in another thread.
   */
  void requireGoingOn() throws IOException {
    if (progress.stopped()) {
      throw new InterruptedIOException("the restore was stopped");
    }
  }

  private Place place(String name) throws IOException {
    if (name.equals("pgdata")) {
      return new Place(data, "", "");
    }
    if (name.startsWith("pgdata/")) {
      String relative = name.substring("pgdata/".length());
      return new Place(data, relative, relative);
    }
    if (name.startsWith("tablespaces/")) {
      String below = name.substring("tablespaces/".length());
      // The Python pghoard writes a tablespace's name as it is, slashes and all.
      for (int end = below.length(); end > 0; end = below.lastIndexOf('/', end - 1)) {
        TablespaceDirectory tablespace = tablespaces.get(below.substring(0, end));
        if (tablespace != null) {
          String relative = below.substring(Math.min(end + 1, below.length()));
          String prefix = "pg_tblspc/" + Long.toUnsignedString(tablespace.oid()) + "/";
          return new Place(tablespace.path(), relative, prefix + relative);
        }
      }
    }
    throw new IOException("the base backup holds an entry that belongs nowhere: " + name);
  }

  private void writeDirectory(TarEntry entry, Place place) throws IOException {
    if (!place.relative().isEmpty()) {
      requireSafe(place.root(), place.path());
      Files.setPosixFilePermissions(place.path(), permissions(entry.mode() | 0700));
    }
  }

  /**
   * Makes no link: it could lead anywhere, and the server would read and write there. The links to
   * tablespaces are there already, and lead to where the tablespaces are now.
   */
  private void writeLink(TarEntry entry, Place place) throws IOException {
    if (TargetDirectory.WAL.contains(place.manifestPath())) {
      requireSafe(place.root(), place.path());
    } else if (!TABLESPACE_LINK.matcher(place.manifestPath()).matches()) {
      links.add("%s -> %s".formatted(place.manifestPath(), entry.linkTarget()));
    }
  }

  /** What the operator should know of what was not restored. */
  List<String> notes() {
    return links.isEmpty()
        ? List.of()
        : List.of(
            "the base backup has symbolic links, which are refused, as a link can lead anywhere; make"
                + " them, if they are needed, before you start the server: "
                + links);
  }

  /** Deletes pg_control, so that a cluster that is half deleted cannot start. */
  void deleteControl() throws IOException {
    Path global = data.resolve("global");
    // What a link leads to is another's.
    Path first = Files.isSymbolicLink(global) ? global : data.resolve("global/pg_control");
    if (Files.deleteIfExists(first)) {
      DurableTree.syncDirectory(Objects.requireNonNull(first.getParent()));
    }
  }

  private long writeFile(TarEntry entry, Place place, InputStream content, FileDigest digest)
      throws IOException {
    Path path = place.path();
    requireSafe(place.root(), place.parent());
    try (FileChannel channel = FileChannel.open(path, NEW_FILE, OWNER_ONLY);
        OutputStream out = Channels.newOutputStream(channel)) {
      long size = copy(content, out, digest, path);
      if ((entry.mode() & 0777) != 0600) {
        Files.setPosixFilePermissions(path, permissions(entry.mode()));
      }
      progress.wroteFile();
      return size;
    } catch (FileAlreadyExistsException e) {
      throw new IOException("the base backup holds a file twice: " + entry.name(), e);
    }
  }

  private long copy(InputStream content, OutputStream out, FileDigest digest, Path path)
      throws IOException {
    byte[] buffer = new byte[1 << 16];
    long size = 0;
    for (int length; (length = content.read(buffer)) != -1; ) {
      requireGoingOn();
      digest.update(buffer, 0, length);
      try {
        out.write(buffer, 0, length);
      } catch (IOException e) {
        throw new IOException("cannot write " + path + ": " + e.getMessage(), e);
      }
      progress.wrote(length);
      size += length;
    }
    return size;
  }

  /**
   * Makes a directory below one of ours. A base backup may hold links, and one that leads elsewhere
   * must not carry a file with it.
   */
  private void requireSafe(Path root, Path directory) throws IOException {
    if (safe.contains(directory)) {
      return;
    }
    if (!directory.equals(root)) {
      requireSafe(root, Objects.requireNonNull(directory.getParent()));
      createDirectories(directory);
      Path real = directory.toRealPath();
      Path wal = linkedWal;
      if (!real.startsWith(root.toRealPath()) && (wal == null || !real.startsWith(wal))) {
        throw new IOException(
            "the base backup holds a link that leads out of the cluster: " + directory);
      }
    }
    safe.add(directory);
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    StringBuilder text = new StringBuilder("rwxrwxrwx");
    for (int bit = 0; bit < 9; bit++) {
      if ((mode & 0400 >> bit) == 0) {
        text.setCharAt(bit, '-');
      }
    }
    return PosixFilePermissions.fromString(text.toString());
  }
}
