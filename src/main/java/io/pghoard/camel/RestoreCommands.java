// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.restore.RestoreCommand;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The restore_command of each site's restored clusters: it asks the daemon of this host. */
public final class RestoreCommands implements Function<SiteName, String> {
  private static final String PROGRAM = "pghoard_postgres_command";

  private final Sites sites;
  private final IntSupplier port;
  private final @Nullable Path program;

  /**
   * Commands for all sites.
   *
   * @param port where the daemon listens
   * @param program the path of pghoard_postgres_command; null: searched beside this program
   */
  public RestoreCommands(Sites sites, IntSupplier port, @Nullable Path program) {
    this.sites = sites;
    this.port = port;
    this.program = program;
  }

  @Override
  public String apply(SiteName site) {
    PghoardConfig config = sites.config();
    return new RestoreCommand(program(program), config.httpAddress(), port.getAsInt()).text(site);
  }

  /** The program that is named; or, where none is, the one beside this program. */
  public static Path program(@Nullable Path named) {
    return named == null ? find() : named.toAbsolutePath().normalize();
  }

  private static Path find() {
    List<Path> directories = new ArrayList<>();
    String launcher = System.getProperty("pghoard.bin");
    if (launcher != null) {
      directories.add(Path.of(launcher));
    }
    try {
      // The jar lies beside bin, or in a directory that does.
      Path home =
          Path.of(
              RestoreCommands.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      directories.add(home.resolveSibling("bin"));
      directories.add(home.resolveSibling("../bin"));
    } catch (URISyntaxException e) {
      throw new IllegalStateException("cannot find the jar that pghoard runs from", e);
    }
    directories.add(Path.of("/usr/bin"));
    return directories.stream()
        .map(directory -> directory.resolve(PROGRAM).toAbsolutePath().normalize())
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "cannot find the program "
                        + PROGRAM
                        + ", which the restored cluster calls to fetch WAL; it is neither in "
                        + directories
                        + ". Name it with --pghoard-postgres-command-bin"));
  }
}
