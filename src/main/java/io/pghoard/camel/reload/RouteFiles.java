// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.config.FileRights;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Where the routes are read from: those of the jar, each replaced by the operator's file of the
 * same name if there is one, and the operator's own.
 *
 * <p>Every file is named to Camel by itself: a pattern on the class path would make it search every
 * jar, and load a replaced route beside the one that replaces it.
 */
public final class RouteFiles {
  private static final String FOLDER = "routes/";
  private static final String PATTERN = "*.camel.{yaml,xml}";

  private final List<String> bundled;
  private final Path directory;
  private final Predicate<String> wanted;

  /**
   * Takes those of the routes, the jar's and the operator's, that {@code wanted} accepts by their
   * file name.
   *
   * @param directory the operator's routes; it need not exist
   */
  public RouteFiles(Path directory, Predicate<String> wanted) throws IOException {
    this.directory = directory;
    this.wanted = wanted;
    this.bundled = bundled().stream().filter(wanted).toList();
  }

  private static List<String> bundled() throws IOException {
    Path home;
    try {
      home = Path.of(RouteFiles.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException("cannot find the jar that pghoard runs from", e);
    }
    if (Files.isDirectory(home)) {
      try (Stream<Path> files = Files.list(home.resolve(FOLDER))) {
        return files.map(file -> file.getFileName().toString()).sorted().toList();
      }
    }
    try (JarFile jar = new JarFile(home.toFile())) {
      return jar.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.startsWith(FOLDER) && name.length() > FOLDER.length())
          .map(name -> name.substring(FOLDER.length()))
          .sorted()
          .toList();
    }
  }

  /** Camel's resource locations by file name. */
  public Map<String, String> locations() throws IOException {
    Map<String, String> locations = new TreeMap<>();
    for (String name : bundled) {
      locations.put(name, "classpath:" + FOLDER + name);
    }
    for (Path file : ownFiles()) {
      locations.put(file.getFileName().toString(), "file:" + file);
    }
    return locations;
  }

  /** The operator's files, but for those that an editor is still writing (hidden ones). */
  private Collection<Path> ownFiles() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PATTERN)) {
      Map<String, Path> sorted = new TreeMap<>();
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (!name.startsWith(".") && wanted.test(name)) {
          requireOwn(file);
          sorted.put(name, file.toAbsolutePath());
        }
      }
      return sorted.values();
    }
  }

  /** A route can run any program, as the daemon's user. */
  private static void requireOwn(Path file) throws IOException {
    String others = FileRights.changedByOthers(file);
    if (others != null) {
      throw new IOException(
          "the route file %s is not used: %s; chmod go-w that, and see that the file is as it should be"
              .formatted(file, others));
    }
  }

  Path directory() {
    return directory;
  }
}
