// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.JavaCommand;
import io.pghoard.camel.storage.RoutedRepositories;
import io.pghoard.config.ConfigFile;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A process with 64 MiB of heap that puts a large object into a store and gets it back. */
public final class LargeObjectProcess {
  /** Four times the heap. */
  private static final long LARGE = 256L << 20;

  private LargeObjectProcess() {}

  /** Runs it to its end, with four times as many bytes as the heap has. */
  public static void putAndGet(Path home, Consumer<ObjectNode> storage) throws Exception {
    putAndGet(home, LARGE, storage);
  }

  /** Runs it to its end, with so many bytes, a multiple of 64 KiB. */
  public static void putAndGet(Path home, long size, Consumer<ObjectNode> storage)
      throws Exception {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    root.put("backup_location", home.resolve("spool").toString());
    ObjectNode site = root.putObject("backup_sites").putObject("main");
    site.put("active", false).put("pg_data_directory", home.resolve("data").toString());
    storage.accept(site.putObject("object_storage"));
    Path file = home.resolve("pghoard.json");
    Files.write(file, json.writeValueAsBytes(root));
    Process process =
        new ProcessBuilder(
                JavaCommand.of(
                    LargeObjectProcess.class,
                    List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError"),
                    file.toString(),
                    String.valueOf(size)))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    long size = Long.parseLong(arguments[1]);
    ObjectKey key = new ObjectKey("main/basebackup_chunk/large");
    try (Service service =
        Service.restoreOnly(ConfigFile.read(file), file.resolveSibling("config"))) {
      service.start();
      ObjectStore store =
          new RoutedRepositories(service.context().createProducerTemplate())
              .of(RunningService.SITE);
      store.put(key, Map.of("size", String.valueOf(size)), new Numbers(size));
      try (ObjectContent content = store.get(key);
          InputStream expected = new Numbers(size)) {
        for (long read = 0; read < size; read += 1 << 16) {
          if (!Arrays.equals(content.stream().readNBytes(1 << 16), expected.readNBytes(1 << 16))) {
            throw new IOException("other bytes before " + (read + (1 << 16)));
          }
        }
        if (content.stream().read() >= 0) {
          throw new IOException("more bytes than were put");
        }
      }
    }
  }

  /** Bytes of which no two megabytes are alike. */
  private static final class Numbers extends InputStream {
    private final long size;
    private long position;

    Numbers(long size) {
      this.size = size;
    }

    @Override
    public int read() {
      return position == size ? -1 : at(position++);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      if (position == size) {
        return -1;
      }
      int count = (int) Math.min(length, size - position);
      for (int i = 0; i < count; i++) {
        buffer[offset + i] = (byte) at(position++);
      }
      return count;
    }

    private static int at(long position) {
      return (int) ((position * 31 + (position >> 20)) & 0xFF);
    }
  }
}
