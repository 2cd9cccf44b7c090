// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pghoard.JavaCommand;
import io.pghoard.codec.FileNameBytes;
import io.pghoard.codec.TarEntry;
import io.pghoard.config.SiteName;
import io.pghoard.config.ThisUser;
import io.pghoard.restore.HandMadeBackup.Tar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreWriterTest {
  private static final byte[] CONTROL = new byte[8192];
  private static final byte[] TABLE = "a table".getBytes(UTF_8);
  private static final byte[] ROWS = "rows in a tablespace".getBytes(UTF_8);
  private static final String AUTO_CONF = "work_mem = '8MB'\n";

  private final RestoreProgress progress = new RestoreProgress(Clock.systemUTC());
  private boolean overwrite;
  private Path root;
  private Path target;
  private Path tablespace;

  @BeforeEach
  void createDirectory(@TempDir Path directory) {
    root = directory;
    target = directory.resolve("restored");
    tablespace = directory.resolve("fast");
  }

  private static byte[] manifest() {
    return HandMadeBackup.manifest(
        HandMadeBackup.entry("PG_VERSION", "15\n".getBytes(UTF_8)),
        HandMadeBackup.entry("global/pg_control", CONTROL),
        HandMadeBackup.entry("backup_label", "label".getBytes(UTF_8)),
        HandMadeBackup.entry("tablespace_map", "16384 /old".getBytes(UTF_8)),
        HandMadeBackup.entry("base/1/1259", TABLE),
        HandMadeBackup.entry("postgresql.auto.conf", AUTO_CONF.getBytes(UTF_8)),
        HandMadeBackup.entry("pg_tblspc/16384/PG_15_202209061/5/16385", ROWS));
  }

  private RestorePlan plan(FileChecks checks) {
    return plan(checks, "pghoard-bb-v2");
  }

  private RestorePlan plan(FileChecks checks, @Nullable String format) {
    Map<String, Object> words = new HashMap<>();
    words.put("target_dir", target.toString());
    words.put("recovery_target_immediate", true);
    words.put("overwrite", overwrite);
    RestoreRequest request = RestoreParameters.parse(new SiteName("main"), words);
    return new RestorePlan(
        request,
        HandMadeBackup.ofFormat(format),
        List.of(),
        List.of(new TablespaceDirectory("fast", "fast", 16384, tablespace, 202209061)),
        checks,
        "restore %f %p");
  }

  private RestoreWriter writer() throws IOException {
    FileChecks checks = FileChecks.read(new ByteArrayInputStream(manifest()));
    return new RestoreWriter(plan(checks), progress);
  }

  private static InputStream mainObject() throws IOException {
    return new Tar()
        .file(".pghoard_tar_metadata.json", "{}")
        .file("pgdata/global/pg_control", CONTROL)
        .file("pgdata/backup_label", "label")
        .put(TarEntry.directory("pgdata/pg_wal", 0))
        .put(TarEntry.directory("pgdata/pg_tblspc", 0))
        .file("pgdata/backup_manifest", manifest())
        .end();
  }

  private static Tar firstChunk() throws IOException {
    return new Tar()
        .file("pgdata/PG_VERSION", "15\n")
        .file("pgdata/tablespace_map", "16384 /old")
        .put(new TarEntry("pgdata/pg_tblspc/16384", TarEntry.Type.SYMLINK, 0, 0777, 0, "/old"))
        .file("pgdata/postgresql.auto.conf", AUTO_CONF);
  }

  private static Tar secondChunk() throws IOException {
    return new Tar()
        .file("pgdata/base/1/1259", TABLE)
        .file("tablespaces/fast/PG_15_202209061/5/16385", ROWS);
  }

  @Test
  void restore_isClusterWithSettings() throws IOException {
    RestoreWriter writer = writer();
    writer.begin();
    writer.writeMainObject(mainObject());
    writer.writeChunk(firstChunk().end());
    writer.writeChunk(secondChunk().end());
    assertThat(target.resolve("global")).doesNotExist();
    writer.finish();

    assertThat(target.resolve("base/1/1259")).hasBinaryContent(TABLE);
    assertThat(target.resolve("global/pg_control")).hasBinaryContent(CONTROL);
    assertThat(target.resolve("backup_manifest")).hasBinaryContent(manifest());
    assertThat(target.resolve("pg_wal")).isEmptyDirectory();
    assertThat(target.resolve("pg_tblspc/16384/PG_15_202209061/5/16385")).hasBinaryContent(ROWS);
    assertThat(Files.readSymbolicLink(target.resolve("pg_tblspc/16384"))).isEqualTo(tablespace);
    assertThat(target.resolve("tablespace_map")).doesNotExist();
    assertThat(target.resolve("recovery.signal")).isEmptyFile();
    assertThat(target.resolve(TargetDirectory.MARK)).doesNotExist();
    assertThat(target.resolve("postgresql.auto.conf"))
        .content()
        .startsWith(AUTO_CONF)
        .contains("restore_command = 'restore %f %p'", "recovery_target = 'immediate'");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rwx------");
    Path table = target.resolve("base/1/1259");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(table)))
        .isEqualTo("rw-------");
    assertThat(progress.snapshot().filesDone()).isEqualTo(6);
  }

  @Test
  void wholeTarOfTheOldestFormat_isRestored() throws IOException {
    RestoreWriter writer = new RestoreWriter(plan(FileChecks.none(), null), progress);
    writer.begin();
    writer.writeChunk(
        new Tar()
            .file("backup_label", "label")
            .file("./PG_VERSION", "9.6\n")
            .put(TarEntry.directory("global", 0))
            .file("global/pg_control", CONTROL)
            .file("base/1/1259", TABLE)
            .end());
    assertThat(target.resolve("global/pg_control")).doesNotExist();
    writer.finish();
    assertThat(target.resolve("global/pg_control")).hasBinaryContent(CONTROL);
    assertThat(target.resolve("base/1/1259")).hasBinaryContent(TABLE);
    assertThat(target.resolve("recovery.conf")).content().contains("recovery_target");
    assertThat(target.resolve("recovery.signal")).doesNotExist();
  }

  @Test
  void tablespaceInPlace_isRestoredAsDirectory() throws IOException {
    byte[] manifest =
        HandMadeBackup.manifest(
            HandMadeBackup.entry("pg_tblspc/16400/PG_16_202307071/5/16401", ROWS));
    FileChecks checks = FileChecks.read(new ByteArrayInputStream(manifest));
    RestoreWriter writer = new RestoreWriter(plan(checks), progress);
    writer.begin();
    writer.writeChunk(new Tar().file("pgdata/pg_tblspc/16400/PG_16_202307071/5/16401", ROWS).end());
    checks.requireComplete();
    assertThat(target.resolve("pg_tblspc/16400/PG_16_202307071/5/16401")).hasBinaryContent(ROWS);
    assertThat(target.resolve("pg_tblspc/16400").toRealPath())
        .isEqualTo(target.toRealPath().resolve("pg_tblspc/16400"));
  }

  @Test
  void names_areBytes() throws IOException {
    List<String> names = List.of("log/b\udcfccher", "log/bücher", "log/new\nline", "log/ ");
    String encoded =
        HandMadeBackup.entry("PATH", TABLE)
            .replace("\"Path\": \"PATH\"", "\"Encoded-Path\": \"%s\"");
    FileChecks checks =
        FileChecks.read(
            new ByteArrayInputStream(
                HandMadeBackup.manifest(
                    names.stream()
                        .map(name -> HexFormat.of().formatHex(FileNameBytes.encode(name)))
                        .map(encoded::formatted)
                        .toArray(String[]::new))));
    RestoreWriter writer = new RestoreWriter(plan(checks), progress);
    writer.begin();
    Tar chunk = new Tar().put(TarEntry.directory("pgdata/\udcff", 0));
    for (String name : names) {
      chunk.file("pgdata/" + name, TABLE);
    }
    chunk.put(new TarEntry("pgdata/l", TarEntry.Type.SYMLINK, 0, 0777, 0, "log/b\udcfccher"));
    writer.writeChunk(chunk.end());
    checks.requireComplete();
    for (String name : names) {
      assertThat(FileNameBytes.resolve(target, name)).hasBinaryContent(TABLE);
    }
    assertThat(FileNameBytes.resolve(target, "\udcff")).isEmptyDirectory();
    assertThat(target.resolve("l")).doesNotExist();
    DurableTree.sync(target);
    new TargetDirectory(target).clearing().run();
    assertThat(target.resolve("log")).doesNotExist();
  }

  @Test
  void restore_cutOff_hasNoPgControl_andCanBeRepeated() throws IOException {
    RestoreWriter first = writer();
    first.begin();
    first.writeMainObject(mainObject());
    first.writeChunk(secondChunk().end());
    assertThat(target.resolve("global/pg_control")).doesNotExist();
    first.close();

    assertThatThrownBy(() -> writer().begin())
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("was interrupted")
        .hasMessageContaining("--overwrite");
    overwrite = true;
    RestoreWriter second = writer();
    second.begin();
    assertThat(tablespace).isEmptyDirectory();
    second.writeMainObject(mainObject());
    second.writeChunk(firstChunk().end());
    second.writeChunk(secondChunk().end());
    second.finish();
    assertThat(target.resolve("global/pg_control")).exists();
  }

  @Test
  void secondRestoreToOneDirectory_isRefused_evenToOverwrite() throws IOException {
    try (RestoreWriter first = writer()) {
      first.begin();
      first.writeMainObject(mainObject());
      overwrite = true;
      assertThatThrownBy(() -> writer().begin())
          .isInstanceOf(RestoreRefusedException.class)
          .hasMessageContaining("another restore writes to " + target);
      first.writeChunk(firstChunk().end());
      first.writeChunk(secondChunk().end());
      first.finish();
      assertThat(target.resolve("global/pg_control")).hasBinaryContent(CONTROL);
    }
    try (RestoreWriter next = writer()) {
      next.begin();
    }
  }

  @Test
  void restoreOfAnotherProcess_isLeftAlone() throws Exception {
    Files.createDirectory(target);
    Process other =
        new ProcessBuilder(JavaCommand.of(OtherRestore.class, List.of(), target.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(other.inputReader(UTF_8).readLine()).isEqualTo("marked");
      overwrite = true;
      assertThatThrownBy(() -> writer().begin())
          .isInstanceOf(RestoreRefusedException.class)
          .hasMessageContaining("another restore writes to");
    } finally {
      other.destroyForcibly().waitFor();
    }
    try (RestoreWriter next = writer()) {
      next.begin();
    }
  }

  /** Another process that restores until it is killed. */
  static final class OtherRestore {
    private OtherRestore() {}

    public static void main(String[] arguments) throws Exception {
      try (RestoreMark mark = RestoreMark.take(Path.of(arguments[0]), "restoring\n", false)) {
        System.out.println("marked");
        new CountDownLatch(1).await();
        mark.delete();
      }
    }
  }

  @Test
  void targetFilledSinceThePlan_isRefusedAndLeftAsItIs() throws IOException {
    RestoreWriter writer = writer();
    Files.createDirectory(target);
    Path file = Files.writeString(target.resolve("PG_VERSION"), "15");
    assertThatThrownBy(writer::begin)
        .isInstanceOf(RestoreRefusedException.class)
        .hasMessageContaining("is not empty");
    writer.close();
    assertThat(target).isDirectoryContaining(file::equals);
    assertThat(target.resolve(TargetDirectory.MARK)).doesNotExist();
  }

  @Test
  void missingFile_leavesNoPgControl() throws IOException {
    RestoreWriter writer = writer();
    writer.begin();
    writer.writeMainObject(mainObject());
    writer.writeChunk(firstChunk().end());
    assertThatThrownBy(writer::finish)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("lacks 2 of the files")
        .hasMessageContaining("base/1/1259");
    assertThat(target.resolve("global/pg_control")).doesNotExist();
  }

  @Test
  void cutOffChunk_isRefused() throws IOException {
    RestoreWriter writer = writer();
    writer.begin();
    byte[] whole = secondChunk().end().readAllBytes();
    InputStream cut = new ByteArrayInputStream(whole, 0, 700);
    assertThatThrownBy(() -> writer.writeChunk(cut)).isInstanceOf(IOException.class);
  }

  @Test
  void changedFile_isRefused() throws IOException {
    RestoreWriter writer = writer();
    writer.begin();
    InputStream chunk = new Tar().file("pgdata/base/1/1259", "another").end();
    assertThatThrownBy(() -> writer.writeChunk(chunk))
        .hasMessageContaining("base/1/1259 is not as it was backed up");
  }

  @Test
  void entryThatBelongsNowhere_isRefused() throws IOException {
    RestoreWriter writer = writer();
    writer.begin();
    for (String name :
        List.of("etc/passwd", "tablespaces/slow/a", "tablespaces/", "tablespaces", "pgdatabase")) {
      InputStream chunk = new Tar().file(name, "x").end();
      assertThatThrownBy(() -> writer.writeChunk(chunk)).hasMessageContaining("belongs nowhere");
    }
  }

  @Test
  void linkOfTheBackup_isNotMade_andTold() throws IOException {
    Path outside = Files.createDirectory(root.resolve("outside"));
    RestoreWriter writer = new RestoreWriter(plan(FileChecks.none()), progress);
    writer.begin();
    writer.writeMainObject(
        new Tar()
            .file(".pghoard_tar_metadata.json", "{}")
            .file("pgdata/global/pg_control", CONTROL)
            .end());
    Tar chunk = new Tar().file("pgdata/PG_VERSION", "15\n");
    for (String name :
        List.of(
            "pgdata/base",
            "pgdata/postgresql.conf",
            "pgdata/postgresql.auto.conf",
            "pgdata/pghoard_recovery_end.sh",
            "pgdata/pg_wal",
            "pgdata/pg_tblspc/16385",
            "pgdata/pg_tblspc/16384/PG_15_202209061",
            "tablespaces/fast/PG_15_202209061")) {
      chunk.put(new TarEntry(name, TarEntry.Type.SYMLINK, 0, 0777, 0, outside.toString()));
    }
    chunk.file("pgdata/base/evil", "x").file("tablespaces/fast/PG_15_202209061/5/evil", "x");
    writer.writeChunk(chunk.file("pgdata/pg_wal/evil", "x").end());
    writer.finish();
    assertThat(outside).isEmptyDirectory();
    assertThat(target.resolve("pg_tblspc/16385")).doesNotExist();
    for (String name : List.of("base", "pg_wal", "postgresql.auto.conf")) {
      assertThat(Files.isSymbolicLink(target.resolve(name))).isFalse();
    }
    assertThat(progress.snapshot().notes())
        .anySatisfy(
            note ->
                assertThat(note)
                    .contains("symbolic links, which are refused")
                    .contains("base -> " + outside, "postgresql.conf -> " + outside)
                    .doesNotContain("pg_tblspc/16385"));
  }

  @Test
  void clusterThatRootRestores_belongsToTheOwnerOfTheDirectoryAbove() throws IOException {
    assumeThat(ThisUser.isRoot()).isTrue();
    Files.setAttribute(root, "unix:uid", 65534);
    Files.setAttribute(root, "unix:gid", 65534);
    SmallRestore restore = new SmallRestore(root, false);
    restore.run();
    for (String file :
        List.of(
            "data",
            "data/global/pg_control",
            "data/base/1/1259",
            "data/recovery.signal",
            "data/pg_tblspc/16384",
            "fast",
            "fast/PG_15_202209061/5/16385")) {
      assertThat(ThisUser.uid(root.resolve(file))).as(file).isEqualTo(65534);
    }
    assertThat(restore.progress.snapshot().notes())
        .anySatisfy(note -> assertThat(note).contains("who owns the directory above"));
  }

  @Test
  void clusterThatRootOverwrites_belongsToWhomItDid() throws IOException {
    assumeThat(ThisUser.isRoot()).isTrue();
    Files.createDirectory(target);
    Files.setAttribute(target, "unix:uid", 65533);
    assertThat(RestoredOwner.of(target))
        .matches(owner -> owner != null && owner.user().getName().equals("65533"));
    Path outside = Files.writeString(root.resolve("outside"), "mine");
    Files.createSymbolicLink(target.resolve("link"), outside);
    Objects.requireNonNull(RestoredOwner.of(target)).give(target);
    assertThat(ThisUser.uid(target.resolve("link"))).isEqualTo(65533);
    assertThat(ThisUser.uid(outside)).isZero();
  }

  @Test
  void hardLink_isRefused() throws IOException {
    RestoreWriter writer = new RestoreWriter(plan(FileChecks.none()), progress);
    writer.begin();
    TarEntry link = new TarEntry("pgdata/a", TarEntry.Type.HARD_LINK, 0, 0600, 0, "/etc/shadow");
    InputStream chunk = new Tar().put(link).end();
    assertThatThrownBy(() -> writer.writeChunk(chunk)).hasMessageContaining("a hard link");
  }

  @Test
  void fileOfAnotherSizeThanTheManifestSays_isRefusedBeforeItIsWritten() throws IOException {
    RestoreWriter writer = writer();
    writer.begin();
    InputStream chunk = new Tar().file("pgdata/base/1/1259", new byte[1 << 20]).end();
    assertThatThrownBy(() -> writer.writeChunk(chunk)).hasMessageContaining("1048576 bytes");
    assertThat(target.resolve("base/1/1259")).doesNotExist();
  }

  @Test
  void filesOfTheMachineThatWasBackedUp_areNotRestored() throws IOException {
    RestoreWriter writer = new RestoreWriter(plan(FileChecks.none()), progress);
    writer.begin();
    writer.writeChunk(
        new Tar()
            .file("pgdata/tablespace_map", "16385 /etc\n")
            .file("pgdata/postmaster.pid", "1\n")
            .end());
    assertThat(target.resolve("tablespace_map")).doesNotExist();
    assertThat(target.resolve("postmaster.pid")).doesNotExist();
    for (String name : List.of("pgdata//tablespace_map", "pgdata/./tablespace_map", "pgdata/a/.")) {
      assertThatThrownBy(() -> new Tar().file(name, "16385 /etc\n"))
          .hasMessageContaining("an empty part or a dot");
    }
  }

  @Test
  void markThatIsALink_isNotFollowed() throws IOException {
    Path outside = Files.writeString(root.resolve("outside"), "mine");
    Files.createDirectory(target);
    Files.writeString(target.resolve("PG_VERSION"), "15\n");
    Files.createSymbolicLink(target.resolve(TargetDirectory.MARK), outside);
    overwrite = true;
    RestoreWriter writer = new RestoreWriter(plan(FileChecks.none()), progress);
    assertThatThrownBy(writer::begin).hasMessageContaining("a symbolic link or a special file");
    assertThat(outside).hasContent("mine");
  }

  @Test
  void pgControlBehindALink_isAnothers() throws IOException {
    Path other = Files.createDirectory(root.resolve("other"));
    Files.writeString(other.resolve("pg_control"), "mine");
    Files.createDirectory(target);
    Files.writeString(target.resolve("PG_VERSION"), "15\n");
    Files.createSymbolicLink(target.resolve("global"), other);
    overwrite = true;
    RestoreWriter writer = new RestoreWriter(plan(FileChecks.none()), progress);
    writer.begin();
    assertThat(other.resolve("pg_control")).hasContent("mine");
    assertThat(target.resolve("global")).doesNotExist();
  }

  @Test
  void fileTwice_isRefused() throws IOException {
    RestoreWriter writer = new RestoreWriter(plan(FileChecks.none()), progress);
    writer.begin();
    InputStream chunk = new Tar().file("pgdata/a", "x").file("pgdata/a", "y").end();
    assertThatThrownBy(() -> writer.writeChunk(chunk)).hasMessageContaining("twice");
  }

  @Test
  void cancelledRestore_stops() throws IOException {
    RestoreWriter writer = writer();
    writer.begin();
    progress.cancel();
    InputStream chunk = secondChunk().end();
    assertThatThrownBy(() -> writer.writeChunk(chunk)).isInstanceOf(InterruptedIOException.class);
  }
}
