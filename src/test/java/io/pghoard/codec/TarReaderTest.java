// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TarReaderTest {
  private static final String LONG_NAME =
      "d".repeat(90) + "/" + "d".repeat(90) + "/" + "f".repeat(130);

  @ParameterizedTest
  @ValueSource(strings = {"gnu-long-names.tar", "pax-long-names.tar"})
  void archiveOfGnuTar_isRead(String file) throws IOException {
    Map<TarEntry, String> entries = read(resource(file));
    assertThat(entries.keySet())
        .extracting(TarEntry::name)
        .containsExactly(
            "small",
            "emptydir",
            "link",
            "d".repeat(90),
            "d".repeat(90) + "/" + "d".repeat(90),
            LONG_NAME);
    assertThat(entries.keySet())
        .extracting(TarEntry::type)
        .containsExactly(
            TarEntry.Type.FILE,
            TarEntry.Type.DIRECTORY,
            TarEntry.Type.SYMLINK,
            TarEntry.Type.DIRECTORY,
            TarEntry.Type.DIRECTORY,
            TarEntry.Type.FILE);
    assertThat(entries.values()).containsExactly("small\n", "", "", "", "", "hello\n");
    assertThat(entries.keySet())
        .allMatch(entry -> entry.mtimeSeconds() == 1_700_000_000)
        .filteredOn(entry -> entry.type() == TarEntry.Type.SYMLINK)
        .allMatch(entry -> entry.linkTarget().equals("t".repeat(150)));
  }

  @Test
  void archiveOfPython_isRead() throws IOException {
    assertThat(read(resource("python.tar")).keySet())
        .extracting(TarEntry::name)
        .containsExactly("small", LONG_NAME, "umlaut-ü");
  }

  @Test
  void truncatedArchive_isRefusedWhereverItIsCut() throws IOException {
    byte[] whole = archive(TarEntry.file("a", 700, 0), TarEntry.file("b", 0, 0));
    for (int length = 0; length < whole.length; length += 100) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(cut)).as("%d bytes", length).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void archiveWithoutItsTrailer_isRefused() throws IOException {
    byte[] whole = archive(TarEntry.file("a", 700, 0));
    assertThatThrownBy(() -> read(Arrays.copyOf(whole, whole.length - 1024)))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("cut off after a");
  }

  @Test
  void archiveThatGoesOnAfterItsEnd_isRefused() throws IOException {
    byte[] twice = Arrays.copyOf(archive(TarEntry.file("a", 0, 0)), 4096);
    twice[4000] = 1;
    assertThatThrownBy(() -> read(twice)).hasMessageContaining("goes on after its end");
  }

  @Test
  void damagedHeader_isRefused() throws IOException {
    byte[] damaged = archive(TarEntry.file("a", 0, 0));
    damaged[0] = 'b';
    assertThatThrownBy(() -> read(damaged)).hasMessageContaining("checksum");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../x", "a/../../x", ".."})
  void nameThatLeadsOutOfTheArchive_isRefused(String name) {
    byte[] header = TarHeader.write(TarEntry.file("a", 0, 0), '0', "", name);
    assertThatThrownBy(() -> read(header))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("leads out of the archive");
  }

  @Test
  void device_isRefused() {
    byte[] header = TarHeader.write(TarEntry.file("a", 0, 0), '3', "", "null");
    assertThatThrownBy(() -> read(header)).hasMessageContaining("neither file");
  }

  @Test
  void nameThatIsNotUtf8_isReadAsItsBytes() throws IOException {
    byte[] latin = archive(TarEntry.file("aaaa", 0, 0));
    latin[0] = (byte) 0xFC;
    latin[148 + 1] = 0;
    byte[] header = Arrays.copyOf(latin, 512);
    int sum = 8 * ' ';
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? 0 : header[i] & 0xFF;
    }
    System.arraycopy("%06o\0 ".formatted(sum).getBytes(UTF_8), 0, latin, 148, 8);
    try (TarReader reader = new TarReader(new ByteArrayInputStream(latin))) {
      assertThat(reader.next()).extracting(TarEntry::name).isEqualTo("\udcfcaaa");
    }
  }

  @Test
  void hugeExtendedHeader_isRefused() {
    byte[] header = TarHeader.write(TarEntry.file("a", 1L << 40, 0), 'x', "", "a");
    assertThatThrownBy(() -> read(header)).hasMessageContaining("1099511627776 bytes");
  }

  @Test
  void entryThatIsNotRead_isSkipped() throws IOException {
    byte[] whole = archive(TarEntry.file("a", 700, 0), TarEntry.file("b", 0, 0));
    try (TarReader reader = new TarReader(new ByteArrayInputStream(whole))) {
      assertThat(reader.next()).isEqualTo(TarEntry.file("a", 700, 0));
      assertThat(reader.next()).isEqualTo(TarEntry.file("b", 0, 0));
      assertThat(reader.next()).isNull();
      assertThat(reader.next()).isNull();
    }
  }

  private static byte[] archive(TarEntry... entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter writer = new TarWriter(out);
    for (TarEntry entry : entries) {
      writer.put(entry, new ByteArrayInputStream(new byte[(int) entry.size()]));
    }
    writer.finish();
    return out.toByteArray();
  }

  private static Map<TarEntry, String> read(byte[] archive) throws IOException {
    Map<TarEntry, String> entries = new LinkedHashMap<>();
    try (TarReader reader = new TarReader(new ByteArrayInputStream(archive))) {
      for (TarEntry entry; (entry = reader.next()) != null; ) {
        entries.put(entry, new String(reader.content().readAllBytes(), UTF_8));
      }
    }
    return entries;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = TarReaderTest.class.getResourceAsStream("/tar/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }
}
