// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pghoard.JavaCommand;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A process of its own that uses a local store, to be raced with and to be killed. */
final class StoreProcess implements AutoCloseable {
  static final int LARGE = 1 << 28;

  private final Process process;
  private final BufferedReader output;

  private StoreProcess(Process process) {
    this.process = process;
    this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  /** Starts a process with 64 MiB of heap. */
  static StoreProcess start(Path root, String deed, String argument) throws IOException {
    List<String> command =
        JavaCommand.of(StoreProcess.class, List.of("-Xmx64m"), root.toString(), deed, argument);
    return new StoreProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** The next line that it prints, or null when it has ended. */
  @Nullable String line() throws IOException {
    return output.readLine();
  }

  void go() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  /** Ends the process as kill -9 does, and gives what it had printed. */
  List<String> kill() {
    // By its handle: Process.destroyForcibly would close the stream with the rest of the lines.
    process.toHandle().destroyForcibly();
    List<String> rest = output.lines().toList();
    close();
    return rest;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /** What the process does: the root of the store, the deed and its argument. */
  public static void main(String[] arguments) throws Exception {
    LocalObjectStore store = new LocalObjectStore(Path.of(arguments[0]));
    String argument = arguments[2];
    switch (arguments[1]) {
      case "race" -> race(store, argument);
      case "stall" ->
          store.put(StorageContract.KEY, Map.of(), new Stalling(Integer.parseInt(argument)));
      case "fill" -> fill(store, argument);
      case "large" -> large(store);
      default -> throw new IllegalArgumentException(arguments[1]);
    }
  }

  private static void race(LocalObjectStore store, String name) throws IOException {
    System.out.println("ready");
    for (int round = 0; System.in.read() >= 0; round++) {
      byte[] body = new byte[100_000];
      Arrays.fill(body, (byte) name.charAt(0));
      try {
        store.put(
            new ObjectKey("race/" + round), Map.of("writer", name), new ByteArrayInputStream(body));
        System.out.println("won");
      } catch (ObjectExistsException e) {
        System.out.println("lost");
      }
    }
  }

  private static void fill(LocalObjectStore store, String name) throws IOException {
    for (int number = 0; ; number++) {
      ObjectKey key = new ObjectKey("fill/%s/%05d".formatted(name, number));
      store.put(
          key, Map.of("key", key.text()), new ByteArrayInputStream(key.text().getBytes(UTF_8)));
      System.out.println(key);
    }
  }

  private static void large(LocalObjectStore store) throws IOException {
    store.put(StorageContract.KEY, Map.of(), new Zeros());
    try (ObjectContent content = store.get(StorageContract.KEY)) {
      System.out.println(content.stream().transferTo(OutputStream.nullOutputStream()));
    }
  }

  /** Four times the heap of zeros. */
  private static final class Zeros extends InputStream {
    private int left = LARGE;

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      int read = Math.min(length, left);
      left -= read;
      return read == 0 ? -1 : read;
    }
  }

  /** Some bytes after which nothing comes, not even the end. */
  private static final class Stalling extends InputStream {
    private int left;

    Stalling(int left) {
      this.left = left;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("read one by one");
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        System.out.println("stalled");
        return System.in.read();
      }
      int read = Math.min(length, left);
      left -= read;
      return read;
    }
  }
}
