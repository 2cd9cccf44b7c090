// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.postgres.BackupManifest.FileEntry;
import io.pghoard.postgres.BackupManifest.Summary;
import io.pghoard.postgres.BackupManifest.WalRange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BackupManifestTest {
  private static final String FILE =
      """
      { "Path": "base/1/2606", "Size": 24576, "Last-Modified": "2026-11-22 12:13:28 GMT", \
      "Checksum-Algorithm": "SHA256", "Checksum": "23e0" }""";
  private static final String RANGES =
      """
      "WAL-Ranges": [
      { "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000100" }
      ],
      """;

  private final List<FileEntry> files = new ArrayList<>();

  @Test
  void manifest_isToldFileByFile() throws Exception {
    Summary summary = scan(signed(manifest(1, FILE + ",\n" + FILE.replace("2606", "2607"))));
    assertThat(files)
        .containsExactly(
            new FileEntry("base/1/2606", 24576, "SHA256", "23e0"),
            new FileEntry("base/1/2607", 24576, "SHA256", "23e0"));
    assertThat(summary.walRanges())
        .containsExactly(new WalRange(1, Lsn.parse("0/2000028"), Lsn.parse("0/2000100")));
    assertThat(summary.systemIdentifier()).isNull();
  }

  @Test
  void manifestOfPostgres17_hasASystemIdentifier() throws Exception {
    String text =
        manifest(2, FILE)
            .replace("\"Files\"", "\"System-Identifier\": 7710967851413887740,\n\"Files\"");
    assertThat(scan(signed(text)).systemIdentifier())
        .isEqualTo(SystemIdentifier.parse("7710967851413887740"));
  }

  @Test
  void fileWithoutChecksum_hasNone() throws Exception {
    scan(signed(manifest(1, "{ \"Path\": \"a\", \"Size\": 1 }")));
    assertThat(files).containsExactly(new FileEntry("a", 1, null, null));
  }

  @Test
  void encodedPath_isDecoded() throws Exception {
    scan(signed(manifest(1, "{ \"Encoded-Path\": \"c3bc\", \"Size\": 1 }")));
    assertThat(files).containsExactly(new FileEntry("ü", 1, null, null));
  }

  @Test
  void damagedManifest_isRefused() throws Exception {
    String text = signed(manifest(1, FILE)).replace("24576", "24577");
    assertThatThrownBy(() -> scan(text))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void manifestThatIsCutOff_isRefusedWhereverItIsCut() throws Exception {
    String text = signed(manifest(1, FILE));
    for (int length = 0; length < text.length() - 2; length += 7) {
      String cut = text.substring(0, length);
      assertThatThrownBy(() -> scan(cut)).as("%d", length).isInstanceOf(IOException.class);
    }
  }

  @Test
  void scan_rejects() throws Exception {
    String good = manifest(1, FILE);
    assertThatThrownBy(() -> scan(good + "\"More\": 1}\n")).hasMessageContaining("damaged");
    assertThatThrownBy(() -> scan(signed(manifest(3, FILE)))).hasMessageContaining("version is 3");
    assertThatThrownBy(() -> scan(signed(good) + "{}")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> scan(signed(good.replace(RANGES, "")))).hasMessageContaining("no WAL");
    assertThatThrownBy(() -> scan(signed(manifest(1, "{ \"Path\": \"a\" }"))))
        .hasMessageContaining("without Size");
    assertThatThrownBy(() -> scan(signed(manifest(1, "{ \"Encoded-Path\": \"xy\", \"Size\": 1 }"))))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> scan("[]")).isInstanceOf(IOException.class);
  }

  private Summary scan(String text) throws IOException {
    return BackupManifest.scan(new ByteArrayInputStream(text.getBytes(UTF_8)), files::add);
  }

  private static String manifest(int version, String entries) {
    return "{ \"PostgreSQL-Backup-Manifest-Version\": "
        + version
        + ",\n\"Files\": [\n"
        + entries
        + "\n],\n"
        + RANGES;
  }

  private static String signed(String text) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    return text + "\"Manifest-Checksum\": \"" + HexFormat.of().formatHex(hash) + "\"}\n";
  }
}
