// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.config.PghoardConfig;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The operator's copies of shipped route files, which say from which shipped text they were made.
 *
 * <pre>
 *   # Made from the shipped alert-raise.camel.yaml of pghoard 3.0.0, SHA-256 5f0c...
 * </pre>
 *
 * <p>Beside a copy lies {@code .NAME.shipped}, that text itself, so that what has changed in it can
 * be told.
 */
public final class RouteCopy {
  private static final String SUFFIX = ".camel.yaml";

  private static final Pattern MADE_FROM =
      Pattern.compile(
          "^# Made from the shipped (\\S+) of pghoard .+, SHA-256 ([0-9a-f]{64})$",
          Pattern.MULTILINE);

  private final RouteFiles files;

  RouteCopy(RouteFiles files) {
    this.files = files;
  }

  /** Those of a configuration, as somebody else than the daemon looks at them. */
  public static RouteCopy of(PghoardConfig config) throws IOException {
    return new RouteCopy(
        new RouteFiles(config.routesDirectory(), name -> true, RouteOwners.ofRestore()));
  }

  /** The file name of a route, which may be given without its ending. */
  public static String fileName(String route) {
    return route.contains(".") ? route : route + SUFFIX;
  }

  /** The file names of all routes, shipped and own. */
  public Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>(files.shippedNames());
    names.addAll(files.read().texts().keySet());
    return names;
  }

  /** The operator's text; null when there is none. */
  public @Nullable String own(String name) throws IOException {
    return files.read().texts().get(name);
  }

  /** The shipped text; null when there is none. */
  public @Nullable String shipped(String name) throws IOException {
    return files.shipped(name);
  }

  /** Whether a shipped text is another one than that from which the operator's was made. */
  public boolean isOutdated(String name) throws IOException {
    String shipped = shipped(name);
    Matcher from = MADE_FROM.matcher(String.valueOf(own(name)));
    return shipped != null && from.find() && !from.group(2).equals(hash(shipped));
  }

  /** What has changed in the shipped text since the operator's was made from it. */
  public String change(String name) throws IOException {
    Path base = base(name);
    String shipped = String.valueOf(shipped(name));
    return Files.isRegularFile(base)
        ? new LineDifference(new String(Files.readAllBytes(base), UTF_8), shipped).text()
        : new LineDifference(withoutMark(String.valueOf(own(name))), shipped).text();
  }

  /** What the operator's text has changed in the shipped one. */
  public String difference(String name) throws IOException {
    return new LineDifference(String.valueOf(shipped(name)), withoutMark(String.valueOf(own(name))))
        .text();
  }

  /**
   * Writes the shipped text into the operator's directory.
   *
   * @return where it is
   * @throws IOException when there is a file already, or no shipped route of that name
   */
  public Path copy(String name, String version) throws IOException {
    String shipped = shipped(name);
    if (shipped == null) {
      throw new IOException("there is no shipped route file " + name);
    }
    Path file = files.directory().resolve(name);
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(
          file.toString(), null, "it exists already; move it elsewhere first");
    }
    Files.createDirectories(files.directory());
    String mark =
        "# Made from the shipped %s of pghoard %s, SHA-256 %s\n"
            .formatted(name, version, hash(shipped));
    // The daemon may look at any moment: what it finds is whole.
    Path draft = files.directory().resolve("." + name + ".draft");
    Files.deleteIfExists(draft);
    Files.writeString(
        draft, mark + shipped, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    Files.writeString(base(name), shipped);
    Files.move(draft, file);
    return file;
  }

  private Path base(String name) {
    return files.directory().resolve("." + name + ".shipped");
  }

  private static String withoutMark(String text) {
    return MADE_FROM.matcher(text).replaceFirst("").stripLeading();
  }

  private static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
