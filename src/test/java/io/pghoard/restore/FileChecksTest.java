// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FileChecksTest {
  private static final byte[] CONTENT = "123456789".getBytes(UTF_8);

  private static FileChecks checks(String... files) throws IOException {
    return FileChecks.read(new ByteArrayInputStream(HandMadeBackup.manifest(files)));
  }

  private static void restore(FileChecks checks, String path, byte[] content) throws IOException {
    FileDigest digest = checks.start(path, content.length);
    digest.update(content, 0, content.length);
    checks.finish(path, content.length, digest);
  }

  @Test
  void allFiles_ofEveryKindOfChecksum_areComplete() throws IOException {
    FileChecks checks =
        checks(
            HandMadeBackup.entry("sha", 9, "SHA256", HandMadeBackup.sha256(CONTENT)),
            // The check value of CRC-32C is E3069283; the manifest has its bytes from the lowest.
            HandMadeBackup.entry("crc", 9, "CRC32C", "839206e3"),
            "{ \"Path\": \"none\", \"Size\": 9 }");
    restore(checks, "sha", CONTENT);
    restore(checks, "crc", CONTENT);
    assertThatThrownBy(checks::requireComplete)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("lacks 1 of the files")
        .hasMessageContaining("none");
    restore(checks, "none", CONTENT);
    assertThatCode(checks::requireComplete).doesNotThrowAnyException();
  }

  @Test
  void otherContent_isRefused() throws IOException {
    FileChecks checks =
        checks(HandMadeBackup.entry("base/1/1259", 9, "SHA256", HandMadeBackup.sha256(CONTENT)));
    assertThatThrownBy(() -> restore(checks, "base/1/1259", "123456780".getBytes(UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("base/1/1259 is not as it was backed up: its SHA256 is");
  }

  @Test
  void otherSize_isRefused() throws IOException {
    FileChecks checks = checks(HandMadeBackup.entry("a", 10, "CRC32C", "839206e3"));
    assertThatThrownBy(() -> restore(checks, "a", CONTENT))
        .hasMessageContaining("it has 9 bytes, the backup_manifest says 10");
  }

  @Test
  void fileThatTheManifestLacks_isRefused_exceptWal() throws IOException {
    FileChecks checks = checks();
    assertThatThrownBy(() -> restore(checks, "base/1/666", CONTENT))
        .hasMessageContaining("its backup_manifest lacks: base/1/666");
    restore(checks, "pg_wal/000000010000000000000001", CONTENT);
  }

  @Test
  void unknownChecksum_isRefused() {
    assertThatThrownBy(() -> checks(HandMadeBackup.entry("a", 9, "MD5", "00")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("MD5");
  }

  @Test
  void tablespaceMap_isNotWaitedFor() throws IOException {
    FileChecks checks = checks(HandMadeBackup.entry("tablespace_map", 9, "CRC32C", "839206e3"));
    assertThat(checks.count()).isZero();
  }

  @Test
  void pathsOfOneHash_areTwoFiles() throws IOException {
    // "Aa" and "BB" have one hash, and so has whatever they are put together to.
    List<String> paths =
        List.of("base/AaAa", "base/BBBB", "base/AaBB", "base/BBAa", "\u00fc", "\u20ac");
    FileChecks checks =
        checks(
            paths.stream()
                .map(path -> HandMadeBackup.entry(path, path.getBytes(UTF_8)))
                .toArray(String[]::new));
    assertThat(checks.count()).isEqualTo(6);
    assertThat(checks.bytes(path -> path.startsWith("base/A"))).isEqualTo(18);
    for (String path : paths) {
      restore(checks, path, path.getBytes(UTF_8));
      assertThatThrownBy(() -> checks.start(path, 1)).hasMessageContaining("lacks: " + path);
    }
    assertThatCode(checks::requireComplete).doesNotThrowAnyException();
  }

  @Test
  void loneSurrogates_areToldApart() {
    assertThat(ExpectedFile.nameOf("\ud800")).isNotEqualTo(ExpectedFile.nameOf("\ud801"));
    assertThat(ExpectedFile.pathOf(ExpectedFile.nameOf("a\udcff"))).isEqualTo("a\udcff");
  }

  @Test
  void fileTwice_isRefused() {
    String entry = HandMadeBackup.entry("a", 9, "CRC32C", "839206e3");
    assertThatThrownBy(() -> checks(entry, entry)).hasMessageContaining("a is there twice");
  }

  @Test
  void moreThanOneWindow_isFound() throws IOException {
    // Each some 100 kB, so that the second window of 64 MiB begins.
    String head = "base/" + "x".repeat(100_000);
    try (ExpectedFiles.Builder builder = new ExpectedFiles.Builder()) {
      for (int i = 0; i < 1500; i++) {
        builder.add(new ExpectedFile(head + i, i, "NONE", ""));
      }
      ExpectedFiles files = builder.end();
      for (int i = 0; i < 1500; i++) {
        assertThat(files.take(head + i)).extracting(ExpectedFile::size).isEqualTo((long) i);
      }
      assertThat(files.waiting()).isZero();
    }
  }
}
