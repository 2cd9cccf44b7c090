// SPDX-License-Identifier: Apache-2.0
package io.pghoard.scrub;

import io.pghoard.codec.HashingInputStream;
import io.pghoard.codec.LimitedInputStream;
import io.pghoard.config.SiteName;
import io.pghoard.repository.BaseBackupObject;
import io.pghoard.repository.Encoding;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectDamagedException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PermanentStorageException;
import io.pghoard.repository.PlainSize;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One object while it is read: its stored bytes, then what they decode to. */
public final class ScrubbedObject {
  private static final Logger LOG = LoggerFactory.getLogger(ScrubbedObject.class);

  private final SiteName site;
  private final ObjectKey key;
  private final boolean main;
  private final BooleanSupplier ends;
  private boolean decoding;
  private boolean sealed;
  private boolean cut;
  private @Nullable IOException readFailure;
  private @Nullable ObjectContent stored;

  /**
   * @param main whether it is the main object of a base backup
   * @param ends tells when it is to be read no further
   */
  ScrubbedObject(SiteName site, ObjectKey key, boolean main, BooleanSupplier ends) {
    this.site = site;
    this.key = key;
    this.main = main;
    this.ends = ends;
  }

  SiteName site() {
    return site;
  }

  ObjectKey key() {
    return key;
  }

  /** Tells from now on whether what fails is the store, or what it has stored. */
  ObjectContent open(ObjectContent content) {
    stored = content;
    decoding = true;
    sealed = Encoding.of(content.metadata()).isEncrypted();
    // Whoever has the key can decode it; the stored bytes are checked all the same.
    return new ObjectContent(
        new Watched(content.stream()),
        sealed ? Encoding.asStored(content.metadata()) : content.metadata());
  }

  /**
   * What was read of an object.
   *
   * @param bytes of the plain content
   * @param chunks that it lists, as it is the main object of a base backup in chunks
   */
  record Outcome(long bytes, List<BaseBackupObject.Chunk> chunks) {}

  /** What looks at an object's plain content while it is read, as far as it likes. */
  public interface Look {
    /** For what is not known but by its bytes. */
    Look NONE = content -> {};

    /**
     * Looks.
     *
     * @throws IOException also when the content is not what it should be
     */
    void at(InputStream content) throws IOException;
  }

  /** Reads an object to its end, and closes it. */
  Outcome read(ObjectContent plain) throws IOException {
    List<BaseBackupObject.Chunk> chunks = new ArrayList<>();
    boolean listsChunks =
        main && !sealed && BaseBackupObject.FORMAT.equals(plain.metadata().get("format"));
    Look look =
        listsChunks
            ? in ->
                chunks.addAll(BaseBackupObject.readWithoutFiles(BaseBackupObject.open(in)).chunks())
            : Look.NONE;
    return new Outcome(read(plain, look), chunks);
  }

  /**
   * Reads an object to its end, and closes it.
   *
   * @return how many bytes its plain content has
   */
  public long read(ObjectContent plain, Look look) throws IOException {
    Map<String, String> metadata = plain.metadata();
    String hash = metadata.get("hash");
    InputStream limited = new LimitedInputStream(plain.stream(), PlainSize.of(key, metadata));
    try (plain;
        HashingInputStream in = hashing(limited, metadata.getOrDefault("hash-algorithm", "sha1"))) {
      look.at(in);
      in.transferTo(OutputStream.nullOutputStream());
      if (!sealed) {
        expect("size", metadata.get(Encoding.PLAIN_SIZE), Long.toString(in.count()));
        expect("hash", hash, in.hexDigest());
      }
      decoding = false;
      return in.count();
    }
  }

  private static HashingInputStream hashing(InputStream in, String algorithm) throws IOException {
    try {
      return new HashingInputStream(in, algorithm);
    } catch (IllegalArgumentException e) {
      throw new IOException("its metadata name an " + e.getMessage(), e);
    }
  }

  private void expect(String what, @Nullable String noted, String found)
      throws ObjectDamagedException {
    if (noted != null && !noted.equals(found)) {
      throw new ObjectDamagedException(
          "the %s of its content should be %s and is %s".formatted(what, noted, found));
    }
  }

  /** Whether it was read no further because the run was to end. */
  public boolean cut() {
    return cut;
  }

  /** Closes what the store gave, however far it was read. */
  public void close() {
    ObjectContent open = stored;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.debug("Site {}: {} is closed with a failure: {}", site, key, e.getMessage());
      }
    }
  }

  /**
   * What a failure says of the object, or null when it says something else: the store could not be
   * read, or this pghoard cannot decode what is stored, on this machine.
   */
  public @Nullable String damage(Throwable failure) {
    String undecodable = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof ObjectDamagedException) {
        return message.replace("the object " + key + " is damaged: ", "");
      }
      // Not what is stored, but what this pghoard knows: an algorithm, a library, a key.
      if (cause instanceof Error || cause instanceof PermanentStorageException) {
        return null;
      }
      if (cause instanceof IOException && undecodable == null) {
        undecodable = "it cannot be decoded: " + message;
      }
    }
    return decoding && readFailure == null ? undecodable : null;
  }

  /** Keeps in mind that the store failed while its bytes came. */
  private final class Watched extends FilterInputStream {
    Watched(InputStream in) {
      super(in);
    }

    private void requireTime() throws IOException {
      if (ends.getAsBoolean()) {
        cut = true;
        throw new InterruptedIOException("the run that reads it is being stopped");
      }
    }

    @Override
    public int read() throws IOException {
      try {
        requireTime();
        return super.read();
      } catch (IOException e) {
        readFailure = e;
        throw e;
      }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        requireTime();
        return super.read(buffer, offset, length);
      } catch (IOException e) {
        readFailure = e;
        throw e;
      }
    }
  }
}
