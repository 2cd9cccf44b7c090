// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.config.FileFailure;
import io.pghoard.config.ThisUser;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import org.jspecify.annotations.Nullable;

/**
 * Who gets the files of a cluster that root restores: a server does not run as root. Base backups
 * do not tell whose their files were.
 *
 * @param reason why it is this user
 */
record RestoredOwner(UserPrincipal user, GroupPrincipal group, String reason) {
  private static final String POSTGRES = "postgres";

  /**
   * The owner of the data directory that is there; else of the one above it; else the user
   * postgres. Null when this is not root, or when nobody is found.
   */
  static @Nullable RestoredOwner of(Path data) throws IOException {
    if (!ThisUser.isRoot()) {
      return null;
    }
    RestoredOwner there = of(data, "who owned the directory before");
    RestoredOwner above = of(data.getParent(), "who owns the directory above");
    return there != null ? there : above != null ? above : postgres(data);
  }

  private static @Nullable RestoredOwner of(@Nullable Path directory, String reason)
      throws IOException {
    if (directory == null || !Files.isDirectory(directory)) {
      return null;
    }
    PosixFileAttributes is = Files.readAttributes(directory, PosixFileAttributes.class);
    return ThisUser.uid(directory.toRealPath()) == 0
        ? null
        : new RestoredOwner(is.owner(), is.group(), reason);
  }

  private static @Nullable RestoredOwner postgres(Path data) {
    try {
      UserPrincipalLookupService users = data.getFileSystem().getUserPrincipalLookupService();
      return new RestoredOwner(
          users.lookupPrincipalByName(POSTGRES),
          users.lookupPrincipalByGroupName(POSTGRES),
          "as the directory above is root's");
    } catch (IOException e) {
      // There is no such user on this machine.
      return null;
    }
  }

  /** Gives away a file, or a directory with all that is in it. Links are given, not followed. */
  void give(Path path) throws IOException {
    try {
      Files.walkFileTree(path, new Giving());
    } catch (IOException e) {
      throw new IOException(
          "cannot give %s to %s: %s".formatted(path, user, FileFailure.reason(e)), e);
    }
  }

  /** What the operator should know. */
  String note() {
    return "the restored files belong to the user %s, %s".formatted(user, reason);
  }

  private void giveOne(Path path) throws IOException {
    PosixFileAttributeView file =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    file.setGroup(group);
    file.setOwner(user);
  }

  /** A directory after what is in it: until then nobody else can come to that. */
  private final class Giving extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      giveOne(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      giveOne(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
