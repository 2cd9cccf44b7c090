// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TarWriterTest {
  static List<TarEntry> entries() {
    String hundred = "n".repeat(100);
    return List.of(
        TarEntry.file("pgdata/global/1262", 8192, 1_700_000_000),
        TarEntry.directory("pgdata/pg_wal", 1_700_000_000),
        new TarEntry("pgdata/pg_tblspc/16384", TarEntry.Type.SYMLINK, 0, 0777, 5, "/srv/ts"),
        TarEntry.file(hundred, 0, 0),
        TarEntry.directory("n".repeat(99), 0),
        TarEntry.directory(hundred, 0),
        TarEntry.file("p".repeat(155) + "/" + hundred, 3, 0),
        TarEntry.file("p".repeat(156) + "/" + hundred, 3, 0),
        TarEntry.file("n".repeat(101), 3, 0),
        TarEntry.file("ü".repeat(60), 3, 0),
        new TarEntry("p".repeat(200), TarEntry.Type.SYMLINK, 0, 0777, 5, "t".repeat(200)),
        new TarEntry("link", TarEntry.Type.SYMLINK, 0, 0777, 5, "t".repeat(101)),
        TarEntry.file("b\udcfccher", 3, 0),
        TarEntry.file("b\udcfccher" + "ü".repeat(60), 3, 0),
        TarEntry.directory("\udcfc".repeat(200), 0),
        new TarEntry("\udcfc", TarEntry.Type.SYMLINK, 0, 0777, 5, "\udcff".repeat(101)),
        TarEntry.file("new\nline", 3, 0),
        TarEntry.file("huge", 1L << 33, 0),
        TarEntry.file("huger", Long.MAX_VALUE, 0));
  }

  @ParameterizedTest
  @MethodSource("entries")
  void entry_isReadBackAsItWasWritten(TarEntry entry) throws IOException {
    byte[] header = TarWriter.header(entry);
    assertThat(header.length % 512).isZero();
    try (TarReader reader = new TarReader(new ByteArrayInputStream(header))) {
      assertThat(reader.next()).isEqualTo(entry);
    }
  }

  @Test
  void archive_isListedByTar(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("a.tar");
    String longName = "p".repeat(200);
    try (OutputStream out = Files.newOutputStream(file)) {
      TarWriter writer = new TarWriter(out);
      writer.put(
          TarEntry.file("pgdata/PG_VERSION", 3, 0),
          new ByteArrayInputStream("15\n".getBytes(UTF_8)));
      writer.put(TarEntry.directory("pgdata/pg_wal", 0));
      writer.put(TarEntry.file(longName, 0, 0));
      writer.finish();
    }
    Process tar =
        new ProcessBuilder("tar", "-tf", file.toString()).redirectErrorStream(true).start();
    assertThat(new String(tar.getInputStream().readAllBytes(), UTF_8))
        .isEqualTo("pgdata/PG_VERSION\npgdata/pg_wal/\n" + longName + "\n");
    assertThat(tar.waitFor()).isZero();
  }

  @Test
  void namesThatAreNotUtf8_areReadByTarAndPython(@TempDir Path directory) throws Exception {
    List<String> names = List.of("b\udcfccher", "\udcfc".repeat(200), "ü\udcff".repeat(80));
    Path file = directory.resolve("a.tar");
    try (OutputStream out = Files.newOutputStream(file)) {
      TarWriter writer = new TarWriter(out);
      for (String name : names) {
        writer.put(TarEntry.file(name, 0, 0));
      }
      writer.finish();
    }
    String python =
        "import os, sys, tarfile\n"
            + "for m in tarfile.open(sys.argv[1]): os.write(1, os.fsencode(m.name) + b'\\n')";
    for (List<String> reader :
        List.of(
            List.of("tar", "--quoting-style=literal", "-tf", file.toString()),
            List.of("python3", "-c", python, file.toString()))) {
      ProcessBuilder program = new ProcessBuilder(reader);
      program.environment().put("LC_ALL", "C.UTF-8");
      byte[] listed = program.start().getInputStream().readAllBytes();
      assertThat(FileNameBytes.decode(listed).lines()).containsExactlyElementsOf(names);
    }
  }

  @Test
  void contentOfAnotherSize_isRefused() {
    TarWriter writer = new TarWriter(new ByteArrayOutputStream());
    assertThatThrownBy(
            () -> writer.put(TarEntry.file("a", 4, 0), new ByteArrayInputStream(new byte[3])))
        .hasMessageContaining("1 bytes shorter");
    assertThatThrownBy(
            () -> writer.put(TarEntry.file("a", 4, 0), new ByteArrayInputStream(new byte[5])))
        .hasMessageContaining("longer than announced");
  }

  @Test
  void directoryOfSomeSize_isRefused() {
    assertThatThrownBy(() -> new TarEntry("a", TarEntry.Type.DIRECTORY, 1, 0700, 0, ""))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
