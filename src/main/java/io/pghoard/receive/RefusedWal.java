// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import io.pghoard.config.ReceivePlaces;
import io.pghoard.repository.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Where a received file is kept that can never be stored, as other WAL has its name. */
public final class RefusedWal {
  private RefusedWal() {}

  /**
   * Moves a file out of pg_receivewal's directory, where it would be tried for ever. Nothing that
   * was kept before is replaced: after a second rollback a third content has the same name.
   *
   * @return where it is now: its own name, with {@code .2}, {@code .3} and so on when that is taken
   */
  public static Path keep(ReceivePlaces places, Path file) throws IOException {
    Path directory = places.own().resolve("refused");
    Files.createDirectories(directory, OwnerOnly.DIRECTORY);
    String name = file.getFileName().toString();
    Path kept = directory.resolve(name);
    for (int number = 2; Files.exists(kept, LinkOption.NOFOLLOW_LINKS); number++) {
      kept = directory.resolve(name + "." + number);
    }
    return Files.move(file, kept);
  }
}
