// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The permissions of what is created, whatever the umask: a copy of the database is the owner's.
 */
public final class OwnerOnly {
  public static final FileAttribute<Set<PosixFilePermission>> DIRECTORY = of("rwx------");
  public static final FileAttribute<Set<PosixFilePermission>> FILE = of("rw-------");

  private OwnerOnly() {}

  private static FileAttribute<Set<PosixFilePermission>> of(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }
}
