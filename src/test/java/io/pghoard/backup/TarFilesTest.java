// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.codec.TarEntry;
import io.pghoard.codec.TarWriter;
import io.pghoard.repository.BaseBackupObject.Tablespace;
import io.pghoard.server.ServerTablespace;
import io.pghoard.server.TablespaceQuestion;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarFilesTest {
  private static final Map<Long, ServerTablespace> LISTED =
      Map.of(
          16384L, new ServerTablespace(16384, "a/b", "/srv/ab"),
          16385L, new ServerTablespace(16385, "16384", "/srv/number"),
          16386L, new ServerTablespace(16386, "inside", "pg_tblspc/16386"),
          16387L, new ServerTablespace(16387, "dropped since", "/srv/dropped"));

  private Path directory;

  @BeforeEach
  void createDirectory(@TempDir Path created) {
    directory = created;
  }

  @Test
  void tablespaces_areThoseThatWereDelivered() throws IOException {
    tar("base.tar", "tablespace_map", "16384 /srv/ab\n16385 /srv/number\n16390 /srv/new\n");
    tar("16384.tar", "PG_16/5/1", "in a/b");
    tar("16385.tar", "PG_16/5/1", "in 16384");
    tar("16386.tar", "PG_16/5/1", "in place");
    tar("16390.tar", "PG_16/5/1", "made meanwhile");
    HeldFiles held = new HeldFiles(directory.resolve("held"));
    BackedUpTablespaces tablespaces = new BackedUpTablespaces(LISTED, held);
    try (ClusterFiles files = files(held, tablespaces)) {
      assertThat(read(files))
          .containsExactly(
              "tablespaces/16384/PG_16/5/1: in a/b",
              "tablespaces/16385/PG_16/5/1: in 16384",
              "pgdata/pg_tblspc/16386/PG_16/5/1: in place",
              "tablespaces/16390/PG_16/5/1: made meanwhile");
    }
    assertThat(tablespaces.byKey())
        .containsOnly(
            Map.entry("16384", new Tablespace("/srv/ab", 16384, "a/b")),
            Map.entry("16385", new Tablespace("/srv/number", 16385, "16384")),
            Map.entry("16390", new Tablespace("/srv/new", 16390, "16390")));
  }

  @Test
  void directoriesInPgTblspc_areFilesOfTheCluster() throws IOException {
    tar("base.tar", "pg_tblspc/16386/PG_16/5/1", "in place");
    HeldFiles held = new HeldFiles(directory.resolve("held"));
    try (ClusterFiles files = files(held, new BackedUpTablespaces(LISTED, held))) {
      assertThat(read(files)).containsExactly("pgdata/pg_tblspc/16386/PG_16/5/1: in place");
    }
  }

  @Test
  void unknownArchive_isRefused() throws IOException {
    tar("base.tar", "PG_VERSION", "16");
    tar("incremental.tar", "a", "b");
    HeldFiles held = new HeldFiles(directory.resolve("held"));
    try (ClusterFiles files = files(held, new BackedUpTablespaces(LISTED, held))) {
      assertThatThrownBy(files::peek).hasMessageContaining("incremental.tar");
    }
  }

  @Test
  void tablespaceInPlace_isRefusedUntilPgBasebackupTakesIt() throws IOException {
    TablespaceQuestion.requireBackedUp(LISTED, 16);
    assertThatThrownBy(() -> TablespaceQuestion.requireBackedUp(LISTED, 15))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("leaves out tablespace inside (16386)")
        .hasMessageContaining("make pg_tblspc/OID a symbolic link");
  }

  private ClusterFiles files(HeldFiles held, BackedUpTablespaces tablespaces) {
    InputStream output = InputStream.nullInputStream();
    return new ClusterFiles(new TarFiles(output, directory, tablespaces), held, () -> {});
  }

  private static List<String> read(ClusterFiles files) throws IOException {
    List<String> read = new ArrayList<>();
    for (TarEntry file; (file = files.peek()) != null; ) {
      read.add(file.name() + ": " + new String(files.take().readAllBytes(), UTF_8));
    }
    return read;
  }

  private void tar(String archive, String name, String content) throws IOException {
    try (OutputStream out = Files.newOutputStream(directory.resolve(archive))) {
      TarWriter tar = new TarWriter(out);
      byte[] bytes = content.getBytes(UTF_8);
      tar.put(TarEntry.file(name, bytes.length, 7), new ByteArrayInputStream(bytes));
      tar.finish();
    }
  }
}
