// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.check.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The local repositories that a daemon has used, in a file outside of them, so that it knows an
 * unmounted one from a new one.
 *
 * <pre>
 *   .pghoard-repositories.json    {"/srv/backups": "0b0f8e3c-5d0e-4a43-9d4b-0f6e9a1c7d52", ...}
 * </pre>
 */
public final class KnownRepositories {
  static final String NAME = ".pghoard-repositories.json";

  /** A line of a path and an id for each repository. */
  private static final int LARGEST = 1 << 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;

  /** The directory must be there, and one daemon's alone. */
  public KnownRepositories(Path directory) {
    this.file = directory.resolve(NAME);
  }

  /**
   * Opens the repository in a directory, and removes what killed writers left in it.
   *
   * <p>One that was never used is made, or, when the Python pghoard has made it, marked. One that
   * was used and is another now, or none, is left alone: the store then refuses every call for as
   * long as this is so.
   */
  public LocalObjectStore open(Path root) throws IOException {
    Path directory = root.toAbsolutePath().normalize();
    RepositoryMarker marker = new RepositoryMarker(directory);
    Map<String, @Nullable String> known = read();
    String id = known.get(directory.toString());
    if (id == null) {
      new LocalObjectStore(directory).sweep();
      id = marker.readOrMake();
      known.put(directory.toString(), id);
      new DurableText(file).write(JSON.writeValueAsString(known) + "\n");
      return new LocalObjectStore(directory, id);
    }
    LocalObjectStore store = new LocalObjectStore(directory, id);
    if (id.equals(marker.read())) {
      store.sweep();
    }
    return store;
  }

  /**
   * Whether the repository in a directory is the one that the daemon has used; changes nothing.
   *
   * @throws IOException when it is another one, or none
   */
  public Answer check(Path root) throws IOException {
    Path directory = root.toAbsolutePath().normalize();
    String id = read().get(directory.toString());
    if (id == null) {
      return Files.isDirectory(directory)
          ? Answer.ok("no daemon has used %s yet".formatted(directory))
          : Answer.warning(
              "there is no %s yet".formatted(directory),
              "start the daemon once to create it, or mount its file system");
    }
    return id.equals(new RepositoryMarker(directory).read())
        ? Answer.ok("%s is the repository that the daemon has used".formatted(directory))
        : Answer.failed(
            "%s is not the repository that the daemon has used".formatted(directory),
            "mount its file system; or, if it was replaced on purpose, stop the daemon,"
                + " delete "
                + file
                + " and start it");
  }

  private Map<String, @Nullable String> read() throws IOException {
    byte[] text;
    try (InputStream in = Files.newInputStream(file)) {
      text = in.readNBytes(LARGEST);
    } catch (NoSuchFileException e) {
      return new TreeMap<>();
    }
    try {
      return JSON.readValue(text, new TypeReference<TreeMap<String, @Nullable String>>() {});
    } catch (JsonProcessingException e) {
      throw new IOException(
          file + " is damaged; see that every repository is mounted, and delete it", e);
    }
  }
}
