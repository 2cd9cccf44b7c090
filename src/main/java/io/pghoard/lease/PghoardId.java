// SPDX-License-Identifier: Apache-2.0
package io.pghoard.lease;

import io.pghoard.repository.DurableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Which of the daemons that use a repository this is: the same one after a restart, as only one can
 * run in a {@code backup_location}.
 *
 * @param host this machine's name, which a copy of the whole machine may not have
 * @param id unique, of the file {@code pghoard_id}
 */
public record PghoardId(String host, String id) {
  /** Reads it, or makes it when no daemon has run here yet. */
  public static PghoardId of(Path backupLocation, String host) throws IOException {
    Path file = backupLocation.resolve("pghoard_id");
    String id = Files.exists(file) ? new DurableText(file).read().strip() : "";
    if (id.isEmpty()) {
      id = UUID.randomUUID().toString();
      Files.createDirectories(backupLocation);
      new DurableText(file).write(id + "\n");
    }
    return new PghoardId(host, id);
  }

  @Override
  public String toString() {
    return "pghoard on " + host + " (" + id + ")";
  }
}
