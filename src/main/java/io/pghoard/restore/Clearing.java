// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.Volume;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The deletion of what is in some directories. What would stand in its way is found out first, so
 * that a directory is emptied or left as it is.
 *
 * <p>The directories stay, and so do those below them on which something is mounted, which are
 * emptied, and a file system's lost+found. Links are deleted and not followed.
 */
final class Clearing {
  private static final int NAMED = 5;

  private final List<Path> roots = new ArrayList<>();
  private final Set<Path> spared = new HashSet<>();
  private final Set<Path> kept = new HashSet<>();
  private final Map<Object, Long> freed = new HashMap<>();
  private final List<String> obstacles = new ArrayList<>();
  private int obstacleCount;
  private long files;

  private Clearing() {}

  /**
   * Looks at all that would be deleted.
   *
   * @param directories each may be a link to one, and may be missing
   * @param spared files, links and directories in them that stay
   */
  static Clearing of(List<Path> directories, Set<Path> spared) throws IOException {
    Clearing clearing = new Clearing();
    for (Path path : spared) {
      clearing.spared.add(realName(path));
    }
    Survey survey = clearing.new Survey(MountPoints.read(), new Deletable());
    for (Path directory : directories) {
      if (Files.isDirectory(directory)) {
        Path root = directory.toRealPath();
        clearing.roots.add(root);
        clearing.kept.add(root);
        Files.walkFileTree(root, survey);
      }
    }
    return clearing;
  }

  /** Where a name lies, and not where it leads to. */
  private static Path realName(Path path) throws IOException {
    Path parent = path.getParent();
    Path name = path.getFileName();
    return parent == null || name == null || !Files.isDirectory(parent)
        ? path
        : parent.toRealPath().resolve(name);
  }

  /**
   * Refuses to begin what could not be ended.
   *
   * @throws RestoreRefusedException with what cannot be deleted, and why
   */
  void requirePossible() throws RestoreRefusedException {
    if (obstacleCount > 0) {
      throw new RestoreRefusedException(
          "%s cannot be emptied, and nothing was deleted: %s%s"
              .formatted(
                  roots.get(0),
                  String.join("; ", obstacles),
                  obstacleCount > NAMED ? "; and %d more".formatted(obstacleCount - NAMED) : ""));
    }
  }

  /** The bytes of the files that are deleted, by the {@link Volume#device} they lie on. */
  Map<Object, Long> freed() {
    return freed;
  }

  /** How many files and links are deleted. */
  long files() {
    return files;
  }

  /** The directories that are emptied, without links. */
  List<Path> roots() {
    return roots;
  }

  /** What decides at the last moment that a file stays. */
  interface Keeper {
    /** Whether a regular file stays; its name is real, without links. */
    boolean keeps(Path file) throws IOException;
  }

  /** Deletes. */
  void run() throws IOException {
    run(file -> false);
  }

  /** Deletes all but some files, and the directories that they lie in. */
  void run(Keeper keeper) throws IOException {
    for (Path root : roots) {
      Files.walkFileTree(root, new Deletion(keeper));
    }
  }

  /** Keeps a directory, and those above it. */
  private void keep(Path directory) {
    Path at = directory;
    while (at != null && kept.add(at)) {
      at = at.getParent();
    }
  }

  private boolean isLostAndFound(Path directory) {
    Path parent = directory.getParent();
    return directory.endsWith(TargetDirectory.LOST_AND_FOUND)
        && parent != null
        && kept.contains(parent);
  }

  private final class Survey extends SimpleFileVisitor<Path> {
    private final MountPoints mounts;
    private final Deletable deletable;

    Survey(MountPoints mounts, Deletable deletable) {
      this.mounts = mounts;
      this.deletable = deletable;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
        throws IOException {
      if (isLostAndFound(directory) || spared.contains(directory)) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      if (!roots.contains(directory)) {
        if (mounts.containsDirectory(directory)) {
          keep(directory);
          note(deletable.foreignObstacle(directory));
        } else {
          note(deletable.obstacle(directory));
        }
      }
      note(deletable.obstacleIn(directory));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (spared.contains(file)) {
        return FileVisitResult.CONTINUE;
      }
      files++;
      note(clusterOf(file));
      if (mounts.contains(file)) {
        note(file + " is a mount point: unmount it");
      } else if (!attributes.isSymbolicLink()) {
        note(deletable.obstacle(file));
      } else {
        note(deletable.stickyObstacle(file));
      }
      if (attributes.isRegularFile()) {
        freed.merge(deletable.device(), attributes.size(), Long::sum);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      // Only root may look into it.
      if (!isLostAndFound(file)) {
        note("the user " + Deletable.USER + " may not read " + file);
      }
      return FileVisitResult.CONTINUE;
    }

    /** The files that tell of a cluster which is not the one that is deleted. */
    private String clusterOf(Path file) {
      Path directory = file.getParent();
      if (file.endsWith("global/pg_control")) {
        directory = directory == null ? null : directory.getParent();
      } else if (!file.endsWith("postmaster.pid") && !file.endsWith(TargetDirectory.MARK)) {
        return "";
      }
      return directory == null || roots.contains(directory)
          ? ""
          : directory + " is a database cluster of its own: move it elsewhere";
    }

    private void note(String obstacle) {
      if (!obstacle.isEmpty() && obstacleCount++ < NAMED) {
        obstacles.add(obstacle);
      }
    }
  }

  private final class Deletion extends SimpleFileVisitor<Path> {
    private final Keeper keeper;
    private final Set<Path> inUse = new HashSet<>();

    Deletion(Keeper keeper) {
      this.keeper = keeper;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      return isLostAndFound(directory) || spared.contains(directory)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (spared.contains(file)) {
        return FileVisitResult.CONTINUE;
      }
      if (attributes.isRegularFile() && keeper.keeps(file)) {
        Path at = file.getParent();
        while (at != null && inUse.add(at)) {
          at = at.getParent();
        }
      } else {
        Files.delete(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (isLostAndFound(file)) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      if (!kept.contains(directory) && !inUse.remove(directory)) {
        Files.delete(directory);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
