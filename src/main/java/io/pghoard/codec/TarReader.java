// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar archive entry by entry, as it arrives: ustar, with long names and large sizes as pax
 * and GNU tar write them.
 *
 * <p>An archive that ends without its two blocks of zeros is refused, and one that goes on after
 * them with anything but zeros.
 */
public final class TarReader implements Closeable {
  /** A name is far shorter; more is no archive of files but an attempt on our memory. */
  private static final int LARGEST_EXTENSION = 1 << 20;

  /** An entry has one or two of them. */
  private static final int MOST_EXTENSIONS = 16;

  private static final Set<String> KNOWN = Set.of("path", "linkpath", "size", "mtime");

  private final InputStream in;
  private final Map<String, String> global = new HashMap<>();
  private final byte[] block = new byte[TarHeader.BLOCK];
  private String name = "";
  private long remaining;
  private int padding;
  private boolean ended;

  public TarReader(InputStream in) {
    this.in = in;
  }

  /**
   * Goes to the next entry, past what is left of this one.
   *
   * @return null at the end of the archive, when its trailer was found whole
   * @throws EOFException when the archive is cut off
   * @throws IOException when it is no tar archive, or has entries that are neither file, directory
   *     nor link
   */
  public @Nullable TarEntry next() throws IOException {
    Map<String, String> extended = new HashMap<>(global);
    for (int headers = 0; !ended; headers++) {
      if (headers > MOST_EXTENSIONS) {
        throw new IOException("a tar archive has too many extended headers after " + shown(name));
      }
      content().skipNBytes(remaining);
      in.skipNBytes(padding);
      padding = 0;
      TarHeader header = readHeader();
      if (header == null) {
        readTrailer();
        return null;
      }
      switch (header.type()) {
        case 'x' -> extended.putAll(readPax(header));
        case 'g' -> {
          global.putAll(readPax(header));
          extended.putAll(global);
        }
        case 'L' -> extended.put("path", cString(readExtension(header)));
        case 'K' -> extended.put("linkpath", cString(readExtension(header)));
        default -> {
          return entry(header, extended);
        }
      }
    }
    return null;
  }

  /** The content of the entry that {@link #next} returned last; closing it closes nothing. */
  public InputStream content() {
    return new Content();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private TarEntry entry(TarHeader header, Map<String, String> extended) throws IOException {
    name = extended.getOrDefault("path", header.name());
    String size = extended.get("size");
    String mtime = extended.get("mtime");
    String link = extended.getOrDefault("linkpath", header.linkTarget());
    TarEntry.Type type = TarHeader.typeOf(header.type(), shown(name));
    try {
      boolean file = type == TarEntry.Type.FILE && !name.endsWith("/");
      TarEntry entry =
          new TarEntry(
              name,
              // Before POSIX a directory was a file whose name ends with a slash.
              type == TarEntry.Type.FILE && !file ? TarEntry.Type.DIRECTORY : type,
              file ? (size == null ? header.size() : Long.parseLong(size)) : 0,
              header.mode(),
              mtime == null ? header.mtimeSeconds() : (long) Math.floor(Double.parseDouble(mtime)),
              link);
      expect(entry.size());
      return entry;
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "tar entry %s cannot be read: %s".formatted(shown(name), e.getMessage()), e);
    }
  }

  private void expect(long size) {
    remaining = size;
    padding = (int) (-size & (TarHeader.BLOCK - 1));
  }

  private @Nullable TarHeader readHeader() throws IOException {
    int length = in.readNBytes(block, 0, block.length);
    if (length < block.length) {
      throw new EOFException(
          "the tar archive is cut off "
              + (name.isEmpty() ? "before its first entry" : "after " + shown(name)));
    }
    TarHeader header = new TarHeader(block.clone());
    if (header.isZero()) {
      return null;
    }
    header.verify();
    return header;
  }

  private void readTrailer() throws IOException {
    if (readHeader() != null) {
      throw new IOException("the tar archive has a single block of zeros after " + shown(name));
    }
    // Writers fill their last record with zeros.
    for (int length; (length = in.read(block)) != -1; ) {
      for (int i = 0; i < length; i++) {
        if (block[i] != 0) {
          throw new IOException("the tar archive goes on after its end");
        }
      }
    }
    ended = true;
  }

  private byte[] readExtension(TarHeader header) throws IOException {
    long size = header.size();
    if (size < 0 || size > LARGEST_EXTENSION) {
      throw new IOException("a tar archive has an extended header of " + size + " bytes");
    }
    expect(size);
    return content().readNBytes((int) size);
  }

  /** Records of the form {@code "<length of the record> <key>=<value>\n"}. */
  private Map<String, String> readPax(TarHeader header) throws IOException {
    byte[] bytes = readExtension(header);
    Map<String, String> records = new HashMap<>();
    int at = 0;
    while (at < bytes.length) {
      int blank = at;
      while (blank < bytes.length && bytes[blank] != ' ') {
        blank++;
      }
      try {
        int length = Integer.parseInt(new String(bytes, at, blank - at, UTF_8));
        String record = FileNameBytes.decode(bytes, blank + 1, at + length - blank - 2);
        int equals = record.indexOf('=');
        String key = record.substring(0, equals);
        if (KNOWN.contains(key)) {
          records.put(key, record.substring(equals + 1));
        }
        at += length;
      } catch (NumberFormatException | IndexOutOfBoundsException e) {
        throw new IOException("a tar archive has a broken pax header", e);
      }
    }
    return records;
  }

  /** As much of a name as a message has room for. */
  private static String shown(String name) {
    return FileNameBytes.shown(name.length() > 200 ? name.substring(0, 200) + "..." : name);
  }

  private static String cString(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return FileNameBytes.decode(bytes, 0, end);
  }

  /** What is left of the current entry. */
  private final class Content extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) == -1 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (remaining == 0) {
        return -1;
      }
      int got = in.read(target, offset, (int) Math.min(length, remaining));
      if (got == -1) {
        throw new EOFException(
            "the tar archive is cut off within "
                + shown(name)
                + ", "
                + remaining
                + " bytes before its"
                + " end");
      }
      remaining -= got;
      return got;
    }
  }
}
