// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.postgres.PostgresCluster;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Who this user is, asked by a process of the cluster's user too: as root, all users look alike.
 */
class ThisUserIT {
  /** What another process runs. */
  static final class Probe {
    private Probe() {}

    public static void main(String[] arguments) {
      System.out.println(ThisUser.uid() + " " + ThisUser.isRoot());
    }
  }

  @Test
  void user_isTheOneOfTheProcess() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.create()) {
      Path classes = cluster.directory().make("classes");
      copy(ThisUser.class, classes);
      copy(Probe.class, classes);
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      int owner = ThisUser.uid(cluster.dataDirectory());

      String said =
          cluster
              .run(java, List.of("-Xmx32m", "-cp", classes.toString(), Probe.class.getName()))
              .orFail()
              .lines()
              .get(0);

      assertThat(said).isEqualTo(owner + " " + (owner == 0));
    }
  }

  private static void copy(Class<?> type, Path classes) throws Exception {
    String name = type.getName().replace('.', '/') + ".class";
    Path file = classes.resolve(name);
    Files.createDirectories(file.getParent());
    try (InputStream in = Objects.requireNonNull(type.getClassLoader()).getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(in), file);
    }
  }
}
