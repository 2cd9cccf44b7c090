// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.codec.CompressionAlgorithm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A site whose daemon is on another machine, as much as a restore here needs to know of it. It
 * stands in for pghoard.json where there is none.
 */
public record DaemonSite(SiteName name, DaemonStorage storage) {
  /** No file of this machine has a part in it; Debian's name for a directory that is not there. */
  public static final Path NOWHERE = Path.of("/nonexistent");

  /**
   * More than a few transfers side by side would take the daemon's disk and network from others.
   */
  private static final int MOST_TRANSFERS = 4;

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
  private static final int ANY_PORT = 0;

  /** The configuration of a restore from it. */
  public PghoardConfig config() {
    int threads = Math.min(PROCESSORS, MOST_TRANSFERS);
    return new PghoardConfig(
        NOWHERE,
        "",
        ANY_PORT,
        List.of(),
        storage.credentials(),
        NOWHERE,
        NOWHERE,
        NOWHERE,
        LogConfig.DEFAULT,
        new CompressionConfig(CompressionAlgorithm.LZMA, 0, PROCESSORS),
        "sha1",
        threads,
        threads,
        0,
        0,
        NOWHERE.resolve("routes"),
        Map.of(name, site()));
  }

  private SiteConfig site() {
    BaseBackupConfig untaken =
        new BaseBackupConfig(null, null, null, null, 1, null, 1, 1, Duration.ZERO);
    return new SiteConfig(
        name,
        name.text(),
        false,
        List.of(),
        null,
        null,
        null,
        List.of(),
        false,
        storage,
        untaken,
        WalConfig.archived(),
        null);
  }
}
