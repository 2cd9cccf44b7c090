// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of objects that are made of pairs of files, on files in memory. */
class FilePairStorageTest extends StorageContract {
  private FilePairStore store;

  @BeforeEach
  void make(@TempDir Path spool) {
    store = new FilePairStore(new Memory(), "a/prefix", spool);
  }

  @Override
  protected ObjectStore store() {
    return store;
  }

  private static final class Memory implements FileRoutes {
    private final Map<String, byte[]> files = new ConcurrentSkipListMap<>();

    @Override
    public void put(String name, Path file) throws IOException {
      files.put(name, Files.readAllBytes(file));
    }

    @Override
    public InputStream get(String name) throws IOException {
      byte[] bytes = files.get(name);
      if (bytes == null) {
        throw new NoSuchFileException(name);
      }
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public List<ListedFile> list(String start) {
      return files.entrySet().stream()
          .filter(file -> file.getKey().startsWith(start))
          .map(
              file ->
                  new ListedFile(
                      file.getKey(),
                      file.getValue().length,
                      Instant.parse("2026-01-01T00:00:00Z").toString()))
          .toList();
    }

    @Override
    public void delete(String name) {
      files.remove(name);
    }
  }
}
