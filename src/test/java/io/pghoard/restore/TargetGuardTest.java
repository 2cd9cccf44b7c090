// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.config.ConfigException;
import io.pghoard.config.ConfigFile;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two sites, main and other, whose clusters are root/main/data and root/other/data. */
class TargetGuardTest {
  private static final SiteName SITE = new SiteName("main");

  private Path root;
  private Path restores;
  private Path data;

  @BeforeEach
  void createClusters(@TempDir Path directory) throws IOException {
    root = directory.toRealPath();
    restores = Files.createDirectory(root.resolve("restores"));
    data = cluster("main");
    cluster("other");
  }

  private Path cluster(String site) throws IOException {
    Path made = Files.createDirectories(root.resolve(site + "/data"));
    for (String name : List.of("base/1", "pg_wal", "pg_tblspc", "global")) {
      Files.createDirectories(made.resolve(name));
    }
    Files.writeString(made.resolve("PG_VERSION"), "15\n");
    Files.writeString(made.resolve("base/1/PG_VERSION"), "15\n");
    Files.write(made.resolve("global/pg_control"), new byte[8192]);
    return made;
  }

  private PghoardConfig config(boolean over) throws IOException {
    String text =
        """
        {
          "backup_location": "%1$s/spool",
          "backup_sites": {
            "main": {
              "active_backup_mode": "archive_command", "nodes": [{"host": "127.0.0.1"}],
              "pg_data_directory": "%1$s/main/data", "restore_over_data_directory": %2$s,
              "restore_directories": ["%1$s/restores", "%1$s"],
              "object_storage": {"storage_type": "local", "directory": "%1$s/repository"}
            },
            "other": {
              "active_backup_mode": "archive_command", "nodes": [{"host": "127.0.0.1"}],
              "pg_data_directory": "%1$s/other/data", "restore_over_data_directory": true
            }
          }
        }
        """
            .formatted(root, over);
    try {
      return ConfigFile.read(Files.writeString(root.resolve("pghoard.json"), text));
    } catch (ConfigException e) {
      throw new IOException(e);
    }
  }

  private void check(Path directory, boolean over, List<Path> allowed) throws IOException {
    RestoreRequest request =
        RestoreParameters.parse(SITE, Map.of("target_dir", directory.toString()));
    new TargetGuard(config(over), request, allowed).require(directory);
  }

  private void refused(Path directory, String why) {
    assertThatThrownBy(() -> check(directory, false, List.of(root)))
        .as(directory.toString())
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining(why);
  }

  private void refusedEverywhere(Path directory, String why) {
    refused(directory, why);
    assertThatThrownBy(() -> check(directory, false, List.of()))
        .as(directory.toString())
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining(why);
  }

  private void usable(Path directory) {
    assertThatCode(() -> check(directory, false, List.of(root)))
        .as(directory.toString())
        .doesNotThrowAnyException();
  }

  @Test
  void directoryInsideACluster_isRefused_onTheCommandLineToo() throws IOException {
    for (String name : List.of("base", "base/1", "pg_wal/new", "new", "base/1/new")) {
      refusedEverywhere(data.resolve(name), "lies inside a database cluster");
    }
    Files.delete(data.resolve("PG_VERSION"));
    Files.createFile(data.resolve("postmaster.pid"));
    refusedEverywhere(data.resolve("new"), "holds postmaster.pid");
    usable(restores.resolve("new"));
  }

  @Test
  void directoryInsideACluster_byLinks_isRefused() throws IOException {
    Path link = Files.createSymbolicLink(restores.resolve("link"), data.resolve("base"));
    refusedEverywhere(link.resolve("new"), "lies inside a database cluster");
    refusedEverywhere(link, "lies inside a database cluster");
    Path relative = Files.createSymbolicLink(restores.resolve("relative"), Path.of("../main/data"));
    refusedEverywhere(relative.resolve("new"), "lies inside a database cluster");
    Path out = Files.createSymbolicLink(data.resolve("pg_tblspc/16384"), restores);
    refusedEverywhere(out.resolve("new"), "lies inside a database cluster");
  }

  @Test
  void clusterThatALinkLeadsTo_canBeReplaced() throws IOException {
    Path cluster = Files.createDirectory(restores.resolve("cluster"));
    Files.createFile(cluster.resolve("PG_VERSION"));
    Path link = Files.createSymbolicLink(restores.resolve("link"), cluster);
    usable(link);
    usable(Files.createSymbolicLink(restores.resolve("second"), Path.of("link")));
    refusedEverywhere(link.resolve("new"), "lies inside a database cluster");
  }

  /** Of servers that pghoard.json does not name. */
  @Test
  void directoriesOutsideOfADataDirectory_thatServersUse_areRefused() throws IOException {
    Path wal = Files.createDirectories(root.resolve("wal"));
    Files.createDirectory(wal.resolve("archive_status"));
    refusedEverywhere(wal.resolve("new"), "holds archive_status");
    Files.createDirectories(root.resolve("fast/PG_15_202209061"));
    refusedEverywhere(root.resolve("fast/PG_15_202209061/new"), "belongs to a tablespace");
    Path half = Files.createDirectory(restores.resolve("half"));
    Files.createFile(half.resolve(TargetDirectory.MARK));
    refusedEverywhere(half.resolve("new"), "lies inside a database cluster");
  }

  @Test
  void directoryAboveAClusterOfASite_isRefused() {
    refusedEverywhere(root.resolve("other"), "lies above");
    refusedEverywhere(root.resolve("main"), "lies above");
  }

  @Test
  void tablespacesAndLinkedWalOfASite_areRefused() throws IOException {
    Path fast = Files.createDirectory(root.resolve("fast"));
    Path wal = Files.createDirectories(root.resolve("disk/wal"));
    Files.createSymbolicLink(data.resolve("pg_tblspc/16384"), fast);
    Files.delete(data.resolve("pg_wal"));
    Files.createSymbolicLink(data.resolve("pg_wal"), wal);
    refusedEverywhere(fast, "belongs to the cluster of site main");
    refusedEverywhere(fast.resolve("new"), "belongs to the cluster of site main");
    refusedEverywhere(wal, "belongs to the cluster of site main");
    refusedEverywhere(root.resolve("disk"), "belongs to the cluster of site main");
  }

  @Test
  void dataDirectory_isReplacedOverHttp_onlyWhereItsSiteSaysSo() throws IOException {
    refused(data, "restore_over_data_directory");
    refused(root.resolve("other/data"), "restore_over_data_directory");
    assertThatThrownBy(() -> check(root.resolve("other/data"), true, List.of(root)))
        .hasMessageContaining("restore_over_data_directory");
    check(data, true, List.of(root));
    check(data, false, List.of());
  }

  @Test
  void allowedDirectories_haveTheDataDirectory_onlyWhereTheSiteSaysSo() throws IOException {
    assertThat(TargetGuard.allowed(new Sites(config(false)).get(SITE))).doesNotContain(data);
    assertThat(TargetGuard.allowed(new Sites(config(true)).get(SITE))).contains(data);
  }

  @Test
  void repositoryAndSpool_areRefused() {
    refused(root.resolve("repository/new"), "must lie apart");
    refused(root.resolve("spool"), "must lie apart");
    refused(root, "lie");
  }

  @Test
  void directoryThatOthersMayWrite_isRefusedOverHttp() throws IOException {
    Path open = Files.createDirectory(restores.resolve("open"));
    for (String mode : List.of("rwxrwxr-x", "rwxr-xrwx")) {
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString(mode));
      refused(open.resolve("new"), "chmod go-w " + open);
      refused(open, "chmod go-w " + open);
      Path link = Files.createSymbolicLink(open.resolve("link" + mode), restores);
      refused(link.resolve("new"), "chmod go-w " + open);
    }
    check(open.resolve("new"), false, List.of());
    Files.setAttribute(open, "unix:mode", 01777);
    usable(open.resolve("new"));
  }

  @Test
  void linksThatLeadInACircle_areRefused() throws IOException {
    Path circle = restores.resolve("circle");
    Files.createSymbolicLink(circle, circle);
    assertThatThrownBy(() -> check(circle.resolve("new"), false, List.of(root)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void directoryThatBecomesALink_isLookedAtAgain_beforeAnythingIsWritten() throws IOException {
    SmallRestore restore =
        new SmallRestore(
            restores.resolve("new"),
            restores.resolve("fast"),
            directory -> check(directory, false, List.of(root)));
    // Between the plan and the beginning.
    Path inside = Files.createDirectories(data.resolve("base/5"));
    Files.setPosixFilePermissions(inside, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(restores.resolve("new"), inside);
    assertThatThrownBy(restore.writer::begin)
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("lies inside a database cluster");
    assertThat(inside).isEmptyDirectory();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(inside)))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void tablespaceThatBecomesALink_isLookedAtAgain() throws IOException {
    SmallRestore restore =
        new SmallRestore(
            restores.resolve("new"),
            restores.resolve("fast"),
            directory -> check(directory, false, List.of(root)));
    Path inside = Files.createDirectories(data.resolve("base/5"));
    Files.createSymbolicLink(restores.resolve("fast"), inside);
    assertThatThrownBy(restore.writer::begin)
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("lies inside a database cluster");
    assertThat(inside).isEmptyDirectory();
  }
}
