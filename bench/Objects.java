// SPDX-License-Identifier: Apache-2.0
import io.pghoard.camel.Service;
import io.pghoard.config.ConfigFile;
import io.pghoard.config.SiteName;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.Repositories;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Puts many small WAL objects into a site, and lists them, through the storage routes: for
 * bench/store.
 */
final class Objects {
  private static final int SIDE_BY_SIDE = 16;

  /** How many names a file gets; ext4 allows 65,000. */
  private static final int LINKS = 50_000;

  private Objects() {}

  /** Runs: put or list, pghoard.json, how many. */
  public static void main(String[] arguments) throws Exception {
    Path config = Path.of(arguments[1]);
    int number = Integer.parseInt(arguments[2]);
    try (Service service = Service.restoreOnly(ConfigFile.read(config), config.getParent())) {
      service.start();
      ObjectStore store = service.bean("repositories", Repositories.class).of(new SiteName("main"));
      long began = System.nanoTime();
      if (arguments[0].equals("put")) {
        put(store, number, config.resolveSibling("repository/main/xlog"));
      } else {
        int found = store.keys("main/xlog/").size();
        if (found != number) {
          throw new IllegalStateException(found + " objects of " + number);
        }
      }
      System.out.printf("%.2f %s%n", (System.nanoTime() - began) / 1e9, peak());
    }
    System.exit(0);
  }

  private static ObjectKey key(int number) {
    return new ObjectKey("main/xlog/%024X".formatted(number));
  }

  private static void put(ObjectStore store, int number, Path local) throws Exception {
    Map<String, String> metadata = Map.of("compression-algorithm", "lzma");
    for (int each = 0; each < number; each += LINKS) {
      store.put(key(each), metadata, new ByteArrayInputStream(new byte[100]));
    }
    ExecutorService threads = Executors.newFixedThreadPool(SIDE_BY_SIDE);
    List<Future<?>> puts = new ArrayList<>();
    for (int each = 0; each < number; each++) {
      ObjectKey key = key(each);
      ObjectKey first = key(each - each % LINKS);
      if (key.equals(first)) {
        continue;
      }
      puts.add(
          threads.submit(
              () -> {
                if (Files.exists(local)) {
                  // Hard links, as a sync for each object would take a quarter of an hour.
                  for (String end : List.of("", ".metadata")) {
                    Files.createLink(
                        local.resolve(key.name() + end), local.resolve(first.name() + end));
                  }
                } else {
                  store.put(key, metadata, new ByteArrayInputStream(new byte[100]));
                }
                return null;
              }));
    }
    try {
      for (Future<?> put : puts) {
        put.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** The kernel's account of this process, in MB. */
  private static long peak() throws Exception {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(0);
  }
}
