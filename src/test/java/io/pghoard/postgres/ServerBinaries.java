// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.tukaani.xz.XZInputStream;

/**
 * The server's programs of a major version that is not installed, out of the jar that Maven has
 * copied to {@code target/test-servers}; gone when closed. PostgreSQL's client programs are the
 * installed ones.
 */
public final class ServerBinaries implements AutoCloseable {
  private final ClusterDirectory directory = ClusterDirectory.create();
  private final Path root;
  private final int major;

  private ServerBinaries(int major) {
    this.major = major;
    root = directory.make("server");
  }

  /** What bin/test has installed of a version that is not in Debian yet. */
  private static Path unpacked(int major) {
    return Path.of(System.getProperty("user.home"), ".cache/pghoard/postgresql-" + major);
  }

  /** Where the client programs of such a version are, for a daemon's {@code pg_bin_directory}. */
  public static Path clients(int major) {
    return unpacked(major).resolve(bin(major));
  }

  private static String bin(int major) {
    return "usr/lib/postgresql/" + major + "/bin";
  }

  /** Unpacks the programs of a major version. */
  public static ServerBinaries of(int major) throws IOException, InterruptedException {
    ServerBinaries binaries = new ServerBinaries(major);
    Path unpacked = unpacked(major);
    if (Files.exists(unpacked)) {
      // Where the server's user can reach it.
      Process copy =
          new ProcessBuilder("cp", "-a", unpacked + "/.", binaries.root.toString())
              .inheritIO()
              .start();
      assertThat(copy.waitFor()).as("status of cp").isZero();
      return binaries;
    }
    Path jar = Path.of("target/test-servers/postgres-" + major + ".jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException("no " + jar + "; get it with: mvn process-test-resources");
    }
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry archive =
          zip.stream().filter(entry -> entry.getName().endsWith(".txz")).findFirst().orElseThrow();
      Process tar = new ProcessBuilder("tar", "-xf", "-", "-C", binaries.root.toString()).start();
      try (InputStream in = new XZInputStream(zip.getInputStream(archive));
          OutputStream out = tar.getOutputStream()) {
        in.transferTo(out);
      }
      assertThat(tar.waitFor()).as("status of tar").isZero();
    }
    return binaries;
  }

  PostgresPrograms programs() {
    Path ofDebian = root.resolve(bin(major));
    return PostgresPrograms.in(Files.exists(ofDebian) ? ofDebian : root.resolve("bin"));
  }

  /** A new cluster of this version, started. */
  public PostgresCluster cluster(ClusterOptions options) {
    return PostgresCluster.create(options, programs());
  }

  /** As {@link PostgresCluster#open}, for a cluster of this version. */
  public PostgresCluster open(Path restored) {
    return PostgresCluster.open(restored, programs());
  }

  @Override
  public void close() {
    directory.close();
  }
}
