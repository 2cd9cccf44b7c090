// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.config.FileFailure;
import io.pghoard.config.FileRights;
import io.pghoard.config.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;

/**
 * Where the routes are read from: those of the jar, each replaced by the operator's file of the
 * same name if there is one, and the operator's own.
 *
 * <p>Every file is named to Camel by itself: a pattern on the class path would make it search every
 * jar, and load a replaced route beside the one that replaces it.
 */
final class RouteFiles {
  private static final String FOLDER = "routes/";
  private static final String PATTERN = "*.camel.{yaml,xml}";
  private static final int LARGEST = 1 << 20;

  private final List<String> bundled;
  private final Path directory;
  private final Predicate<String> wanted;
  private final RouteOwners owners;

  /**
   * Takes those of the routes, the jar's and the operator's, that {@code wanted} accepts by their
   * file name.
   *
   * @param directory the operator's routes; it need not exist
   * @param owners who may have written the operator's routes
   */
  RouteFiles(Path directory, Predicate<String> wanted, RouteOwners owners) throws IOException {
    this.directory = directory.toAbsolutePath();
    this.wanted = wanted;
    this.owners = owners;
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

  /** All routes with this set of the operator's: Camel's resources by file name. */
  Map<String, Resource> resources(CamelContext context, RouteSet own) {
    Map<String, Resource> resources = new TreeMap<>();
    bundled.forEach(name -> resources.put(name, resource(context, own, name)));
    own.texts().keySet().forEach(name -> resources.put(name, resource(context, own, name)));
    return resources;
  }

  /** One file; null when neither the operator nor the jar has it. */
  @Nullable Resource resource(CamelContext context, RouteSet own, String name) {
    String location = location(own, name);
    String text = own.texts().get(name);
    if (location == null || text == null) {
      return location == null
          ? null
          : PluginHelper.getResourceLoader(context).resolveResource(location);
    }
    return ResourceHelper.fromString(location, text);
  }

  /** Where a route says that it comes from; null when there is no such file. */
  @Nullable String location(RouteSet own, String name) {
    if (own.texts().containsKey(name)) {
      return "file:" + directory.resolve(name);
    }
    return bundled.contains(name) ? "classpath:" + FOLDER + name : null;
  }

  /** Whether the jar has a route of this file name. */
  boolean isBundled(String name) {
    return bundled.contains(name);
  }

  List<String> shippedNames() {
    return bundled;
  }

  /** The text of the jar's route of this file name; null when it has none. */
  @Nullable String shipped(String name) throws IOException {
    if (!bundled.contains(name)) {
      return null;
    }
    try (InputStream in = RouteFiles.class.getResourceAsStream("/" + FOLDER + name)) {
      return in == null ? null : new String(in.readAllBytes(), UTF_8);
    }
  }

  /** What tells whether any of the operator's files has changed, without reading them. */
  Map<String, RouteStamp> look() {
    Map<String, RouteStamp> stamps = new TreeMap<>();
    stamps.put("", RouteStamp.of(directory));
    try {
      for (Path file : ownFiles()) {
        stamps.put(file.getFileName().toString(), RouteStamp.of(file));
      }
    } catch (IOException e) {
      stamps.put("", RouteStamp.unreadable(e));
    }
    return stamps;
  }

  /**
   * Reads the operator's files.
   *
   * @throws RouteRefusedException when one cannot be read, or others may write it
   */
  RouteSet read() throws RouteRefusedException {
    Map<String, String> texts = new TreeMap<>();
    List<Problem> problems = new ArrayList<>();
    try {
      for (Path file : ownFiles()) {
        read(file, texts, problems);
      }
    } catch (IOException e) {
      problems.add(
          new Problem(
              directory.toString(),
              0,
              0,
              "it cannot be read: " + FileFailure.reason(e),
              "let the daemon's user read the directory"));
    }
    if (!problems.isEmpty()) {
      throw new RouteRefusedException(problems);
    }
    return new RouteSet(texts);
  }

  private void read(Path file, Map<String, String> texts, List<Problem> problems) {
    try {
      // A route can run any program, as the daemon's user.
      String others = FileRights.changedByOthers(file);
      String remedy = "chmod go-w that, and see that the file is as it should be";
      if (others == null) {
        others = owners.stranger(file);
        remedy = "chown it to root, and see that the file is as it should be";
      }
      if (others == null) {
        texts.put(file.getFileName().toString(), text(file));
      } else {
        problems.add(new Problem(file.toString(), 0, 0, "it is not used: " + others, remedy));
      }
    } catch (CharacterCodingException e) {
      problems.add(new Problem(file.toString(), 0, 0, "it is not UTF-8", "save it as UTF-8"));
    } catch (IOException e) {
      problems.add(
          new Problem(
              file.toString(),
              0,
              0,
              "it cannot be read: " + FileFailure.reason(e),
              "let the daemon's user read it, or remove it"));
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new IOException("it is larger than 1 MiB");
      }
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  /** The operator's files, but for those that an editor is still writing (hidden ones). */
  private Collection<Path> ownFiles() throws IOException {
    if (Files.notExists(directory)) {
      return List.of();
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PATTERN)) {
      Map<String, Path> sorted = new TreeMap<>();
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (!name.startsWith(".") && wanted.test(name)) {
          sorted.put(name, file);
        }
      }
      return sorted.values();
    }
  }

  /** Whether the operator's directory exists. */
  boolean isThere() {
    return Files.isDirectory(directory);
  }

  Path directory() {
    return directory;
  }
}
