// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileNameBytesTest {
  private static byte[] latin(String text) {
    return text.getBytes(ISO_8859_1);
  }

  @Test
  void decode_isAsInPython() {
    assertThat(FileNameBytes.decode(latin("b\u00fccher"))).isEqualTo("b\udcfccher");
    assertThat(FileNameBytes.decode("bücher 📚".getBytes(UTF_8))).isEqualTo("bücher 📚");
    // A character that is cut off, and one half of a pair, which UTF-8 must not have.
    assertThat(FileNameBytes.decode(latin("a\u00e4\u00b8"))).isEqualTo("a\udce4\udcb8");
    assertThat(FileNameBytes.decode(latin("\u00ed\u00b3\u00bc"))).isEqualTo("\udced\udcb3\udcbc");
  }

  @Test
  void encode_givesBackAnyBytes() {
    Random random = new Random(7);
    for (int round = 0; round < 10_000; round++) {
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      assertThat(FileNameBytes.encode(FileNameBytes.decode(bytes))).isEqualTo(bytes);
    }
    byte[] both = latin("\u00f0\u009f\u0093\u009a\u00fc");
    assertThat(FileNameBytes.encode(FileNameBytes.decode(both))).isEqualTo(both);
  }

  @Test
  void shown_isReadable() {
    assertThat(FileNameBytes.shown("b\udcfccher 📚")).isEqualTo("b\\xFCcher 📚");
    assertThat(FileNameBytes.isUtf8("📚")).isTrue();
    assertThat(FileNameBytes.isUtf8("\udcfc")).isFalse();
  }

  @Test
  void resolve_makesExactlyTheseBytes(@TempDir Path directory) throws IOException {
    List<String> names =
        List.of("b\udcfccher", "bücher", "new\nline", " blank ", "100%25", "a\\b", "\"", "?#;");
    for (String name : names) {
      Files.createDirectory(FileNameBytes.resolve(directory, name));
      Files.createFile(FileNameBytes.resolve(directory, name + "/" + name));
    }
    Process list =
        new ProcessBuilder("find", ".", "-type", "f", "-print0")
            .directory(directory.toFile())
            .start();
    byte[] found = list.getInputStream().readAllBytes();
    assertThat(FileNameBytes.decode(found).split("\0"))
        .containsExactlyInAnyOrderElementsOf(
            names.stream().map(name -> "./" + name + "/" + name).toList());
    assertThat(FileNameBytes.path(directory + "/" + names.get(0))).isDirectory();
    assertThat(FileNameBytes.path("../a\udcfc/./b").toUri().getRawPath()).endsWith("/../a%FC/./b");
    try (Stream<Path> all = Files.list(directory)) {
      assertThat(all).contains(FileNameBytes.resolve(directory, names.get(0)));
    }
  }
}
