// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one site as a pghoard daemon gives them, to a restore on a machine that cannot
 * reach the store. No pghoard.json names it: it is what {@code pghoard_restore --from} reads.
 *
 * @param address of the daemon: scheme, host and port
 * @param credentials of the daemon, or null when it asks for none
 * @param retryFor how long a transfer is tried again while nothing arrives
 */
public record DaemonStorage(URI address, @Nullable Credentials credentials, Duration retryFor)
    implements StorageConfig {
  @Override
  public StorageType type() {
    return StorageType.DAEMON;
  }

  @Override
  public boolean readsAreFree() {
    return false;
  }

  @Override
  public Path place() {
    return Path.of("/daemon", address.getAuthority());
  }
}
