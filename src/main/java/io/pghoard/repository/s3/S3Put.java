// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.repository.CheckedContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.RereadableBody;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;

/** An object on its way to S3: its first part in memory, and its hash known. */
public final class S3Put {
  /** Up to this size an object is not counted as a part of memory. */
  private static final int SMALL = 1 << 18;

  private final ObjectKey key;
  private final String name;
  private final String id;
  private final S3Metadata metadata;
  private final byte[] first;
  private final long length;
  private final RereadableBody body;
  private final String sha256;
  private final boolean holdsMemory;

  private S3Put(S3Names names, Source source, Scan scan) {
    this.key = source.key;
    this.name = names.name(source.key);
    this.id = source.id;
    this.sha256 = Hashes.hex(scan.sha256.digest());
    this.metadata = S3Metadata.of(source.metadata, sha256, source.id);
    this.first = scan.first;
    this.length = scan.length;
    this.body = source.body;
    this.holdsMemory = scan.holdsMemory;
  }

  /**
   * What is put.
   *
   * @param id names this put, and is the same when it is repeated
   */
  public record Source(
      ObjectKey key, Map<String, String> metadata, RereadableBody body, String id) {}

  /** Reads the body to its end. */
  static S3Put of(S3Names names, Source source, int partSize, PartMemory memory)
      throws IOException {
    Scan scan = new Scan();
    try {
      scan.read(source.body.stream(), partSize, memory);
      return new S3Put(names, source, scan);
    } catch (IOException | RuntimeException e) {
      if (scan.holdsMemory) {
        memory.giveBack(partSize);
      }
      throw e;
    }
  }

  /** What the first reading finds. */
  private static final class Scan {
    private final MessageDigest sha256 = CheckedContent.sha256();
    private byte[] first = new byte[0];
    private long length;
    private boolean holdsMemory;

    private void read(InputStream in, int partSize, PartMemory memory) throws IOException {
      byte[] small = in.readNBytes(SMALL);
      if (small.length < SMALL) {
        first = small;
      } else {
        memory.take(partSize);
        holdsMemory = true;
        first = Arrays.copyOf(small, partSize);
        int read = in.readNBytes(first, SMALL, partSize - SMALL);
        if (SMALL + read < partSize) {
          first = Arrays.copyOf(first, SMALL + read);
        }
      }
      sha256.update(first);
      length = first.length;
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sha256.update(buffer, 0, read);
        length += read;
      }
    }
  }

  /** Whether it goes in several parts. */
  public boolean isLarge() {
    return length > first.length;
  }

  public ObjectKey key() {
    return key;
  }

  /** The key in the bucket. */
  public String name() {
    return name;
  }

  /** Headers of the object. */
  public Map<String, String> metadata() {
    return metadata.stored();
  }

  /** All bytes of an object that is not large. */
  public byte[] bytes() {
    return first;
  }

  /** The MD5 of {@link #bytes}, as the header Content-MD5 has it. */
  public String contentMd5() {
    return Hashes.base64(Hashes.md5(first, first.length));
  }

  long length() {
    return length;
  }

  String id() {
    return id;
  }

  String sha256() {
    return sha256;
  }

  /** The body, to be read a second time, from what follows {@link #bytes}. */
  InputStream rest() throws IOException {
    // Only now: Camel sets a body back to its start after each step.
    body.rewind();
    body.stream().skipNBytes(first.length);
    return body.stream();
  }

  boolean holdsMemory() {
    return holdsMemory;
  }
}
