// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.config.SiteName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory that holds a tablespace of two clusters, as pg_upgrade leaves it. */
class TablespaceDirectoryTest {
  private static final String OLD = "PG_15_202209061";
  private static final String NEW = "PG_16_202307071";

  private Path data;
  private Path fast;
  private TablespaceDirectory tablespace;

  @BeforeEach
  void makeBoth(@TempDir Path root) throws IOException {
    data = Files.createDirectory(root.resolve("data"));
    fast = Files.createDirectory(root.resolve("fast"));
    Files.createDirectory(data.resolve("pg_tblspc"));
    Files.createSymbolicLink(data.resolve("pg_tblspc/16384"), fast);
    for (String version : new String[] {OLD, NEW}) {
      Files.createDirectories(fast.resolve(version + "/5"));
      Files.writeString(fast.resolve(version + "/5/16385"), "rows");
    }
    Files.writeString(fast.resolve("README"), "of an administrator");
    tablespace = new TablespaceDirectory("fast", "fast", 16384, fast, 202209061);
  }

  private RestoreRequest request(boolean overwrite) {
    Map<String, Object> words = new HashMap<>();
    words.put("target_dir", data.toString());
    words.put("recovery_target_immediate", true);
    words.put("overwrite", overwrite);
    return RestoreParameters.parse(new SiteName("main"), words);
  }

  private void clear() throws IOException {
    tablespace.requireUsable(request(true));
    tablespace.clearing(data).run();
  }

  @Test
  void overwriting_deletesWhatTheOverwrittenClusterHas_andNothingElse() throws IOException {
    Files.writeString(data.resolve("PG_VERSION"), "15\n");
    assertThat(tablespace.clearing(data).freed().values()).containsExactly(4L);
    clear();
    assertThat(fast.resolve(OLD)).doesNotExist();
    assertThat(fast.resolve(NEW + "/5/16385")).hasContent("rows");
    assertThat(fast.resolve("README")).exists();
  }

  @Test
  void versionOfTheBackup_thatTheOverwrittenClusterDoesNotUse_isRefused() throws IOException {
    Files.writeString(data.resolve("PG_VERSION"), "16\n");
    assertThatThrownBy(() -> tablespace.requireUsable(request(true)))
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("holds " + fast.resolve(OLD) + ", which the cluster in " + data)
        .hasMessageContaining("--tablespace-dir 16384=DIR");
    Files.delete(fast.resolve(OLD + "/5/16385"));
    Files.delete(fast.resolve(OLD + "/5"));
    Files.delete(fast.resolve(OLD));
    clear();
    assertThat(fast.resolve(NEW)).doesNotExist();
  }

  @Test
  void restoreThatWasCutOff_isClearedOfWhatItWrote() throws IOException {
    clear();
    assertThat(fast.resolve(OLD)).doesNotExist();
    assertThat(fast.resolve(NEW + "/5/16385")).exists();
    Files.createDirectory(fast.resolve(OLD));
    Files.writeString(data.resolve("PG_VERSION"), "damaged");
    clear();
    assertThat(fast.resolve(OLD)).doesNotExist();
  }

  @Test
  void directoryOfNoClusterThatIsOverwritten_mustBeEmpty() {
    assertThatThrownBy(() -> tablespace.requireUsable(request(false)))
        .hasMessageContaining("is not empty");
  }
}
