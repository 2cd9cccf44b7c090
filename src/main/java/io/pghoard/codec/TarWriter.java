// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Writes a tar archive: ustar, with a pax header where a name does not fit, or GNU tar's long name
 * where it is not UTF-8 either, and base-256 for files of 8 GiB and more.
 */
public final class TarWriter {
  private static final int LARGEST_NAME = 100;
  private static final int LARGEST_PREFIX = 155;

  private final OutputStream out;

  /** Writes to {@code out}, which it never closes. */
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /**
   * Writes one entry.
   *
   * @param content read to its end and not closed
   * @throws IOException when the content is not as long as the entry says
   */
  public void put(TarEntry entry, InputStream content) throws IOException {
    out.write(header(entry));
    byte[] buffer = new byte[1 << 16];
    long remaining = entry.size();
    while (remaining > 0) {
      int length = content.read(buffer, 0, (int) Math.min(buffer.length, remaining));
      if (length == -1) {
        throw new IOException(entry.name() + " is " + remaining + " bytes shorter than announced");
      }
      out.write(buffer, 0, length);
      remaining -= length;
    }
    if (content.read() != -1) {
      throw new IOException(entry.name() + " is longer than announced, " + entry.size());
    }
    out.write(new byte[padding(entry)]);
  }

  /** Writes an entry that has no content: a directory, a link or an empty file. */
  public void put(TarEntry entry) throws IOException {
    put(entry, InputStream.nullInputStream());
  }

  /** Writes the two blocks of zeros that end an archive. */
  public void finish() throws IOException {
    out.write(trailer());
  }

  /** The bytes in front of an entry's content: one block, three when the name needs them. */
  public static byte[] header(TarEntry entry) {
    boolean directory = entry.type() == TarEntry.Type.DIRECTORY;
    String name = directory ? entry.name() + "/" : entry.name();
    char flag = TarHeader.flagOf(entry.type());
    int split = split(name);
    if (split >= -1 && bytes(entry.linkTarget()) <= LARGEST_NAME) {
      String prefix = split == -1 ? "" : name.substring(0, split);
      return TarHeader.write(entry, flag, prefix, name.substring(split + 1));
    }
    ByteArrayOutputStream blocks = new ByteArrayOutputStream();
    if (!FileNameBytes.isUtf8(name + entry.linkTarget())) {
      // GNU tar's own: pax says that its values are UTF-8.
      blocks.writeBytes(longName('L', name, entry.mtimeSeconds()));
      if (!entry.linkTarget().isEmpty()) {
        blocks.writeBytes(longName('K', entry.linkTarget(), entry.mtimeSeconds()));
      }
      blocks.writeBytes(cut(entry, flag));
      return blocks.toByteArray();
    }
    byte[] records = pax("path", name);
    if (!entry.linkTarget().isEmpty()) {
      blocks.writeBytes(records);
      blocks.writeBytes(pax("linkpath", entry.linkTarget()));
      records = blocks.toByteArray();
      blocks.reset();
    }
    TarEntry extension = TarEntry.file("pax", records.length, entry.mtimeSeconds());
    blocks.writeBytes(TarHeader.write(extension, 'x', "", extension.name()));
    blocks.writeBytes(records);
    blocks.writeBytes(new byte[padding(extension)]);
    blocks.writeBytes(cut(entry, flag));
    return blocks.toByteArray();
  }

  /** The header of an entry whose names stand before it. */
  private static byte[] cut(TarEntry entry, char flag) {
    TarEntry cut =
        new TarEntry(
            "long-name", entry.type(), entry.size(), entry.mode(), entry.mtimeSeconds(), "");
    return TarHeader.write(cut, flag, "", cut.name());
  }

  private static byte[] longName(char flag, String value, long mtimeSeconds) {
    byte[] bytes = FileNameBytes.encode(value);
    // One zero ends it.
    TarEntry extension = TarEntry.file("././@LongLink", bytes.length + 1L, mtimeSeconds);
    ByteArrayOutputStream blocks = new ByteArrayOutputStream();
    blocks.writeBytes(TarHeader.write(extension, flag, "", extension.name()));
    blocks.writeBytes(bytes);
    blocks.writeBytes(new byte[1 + padding(extension)]);
    return blocks.toByteArray();
  }

  /** How many zeros follow an entry's content, to fill its last block. */
  public static int padding(TarEntry entry) {
    return (int) (-entry.size() & (TarHeader.BLOCK - 1));
  }

  /** The end of an archive. */
  public static byte[] trailer() {
    return new byte[2 * TarHeader.BLOCK];
  }

  /**
   * The slash at which a name falls into prefix and name so that both fit; -1 when it fits without
   * a prefix, -2 when there is none.
   */
  private static int split(String name) {
    if (bytes(name) <= LARGEST_NAME) {
      return -1;
    }
    for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
      String rest = name.substring(slash + 1);
      if (!rest.isEmpty()
          && bytes(rest) <= LARGEST_NAME
          && bytes(name.substring(0, slash)) <= LARGEST_PREFIX) {
        return slash;
      }
    }
    return -2;
  }

  /** One pax record, whose length counts its own digits. */
  private static byte[] pax(String key, String value) {
    int rest = bytes(key) + bytes(value) + 3;
    int length = rest;
    while (length != rest + Integer.toString(length).length()) {
      length = rest + Integer.toString(length).length();
    }
    return (length + " " + key + "=" + value + "\n").getBytes(UTF_8);
  }

  private static int bytes(String text) {
    return FileNameBytes.encode(text).length;
  }
}
