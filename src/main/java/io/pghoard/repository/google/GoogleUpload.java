// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import com.google.api.services.storage.Storage;
import com.google.api.services.storage.model.StorageObject;
import io.pghoard.config.GoogleStorage;
import io.pghoard.repository.CheckedContent;
import io.pghoard.repository.Deadline;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.RereadableBody;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.zip.CRC32C;

/**
 * One object on its way into a bucket. Its body is read twice: for its hashes, which Google wants
 * before the bytes, then for Google. So nothing of it is held in memory.
 */
final class GoogleUpload {
  private final GoogleStorage storage;
  private final Storage api;
  private final Deadline deadline;
  private final GoogleFailure failure;
  private final Put put;
  private final UploadSessions sessions;

  /**
   * What is put.
   *
   * @param name in the bucket
   * @param id names this put, and is the same when it is repeated
   */
  record Put(ObjectKey key, String name, String id) {
    String deed() {
      return "put " + key;
    }
  }

  GoogleUpload(
      GoogleStorage storage, Storage api, Deadline deadline, Put put, UploadSessions sessions) {
    this.storage = storage;
    this.api = api;
    this.deadline = deadline;
    this.failure = new GoogleFailure(storage);
    this.put = put;
    this.sessions = sessions;
  }

  void put(Map<String, String> metadata, RereadableBody body) throws IOException {
    StorageObject object = new StorageObject().setName(put.name);
    body.rewind();
    long length = describe(object, metadata, body.stream());
    BodyRange.Attempt attempt = new BodyRange.Attempt(body);
    try {
      if (length <= ResumableUpload.CHUNK) {
        whole(object, new BodyRange(attempt, 0, length));
      } else {
        // Else hours of chunks could be sent for nothing.
        Optional<StorageObject> there = call(this::find);
        if (there.isPresent()) {
          refuse(there.get());
          return;
        }
        new ResumableUpload(storage, api, deadline, put, sessions).send(object, attempt, length);
      }
    } catch (IOException e) {
      if (!GoogleFailure.isConflict(e)) {
        throw e;
      }
      lost(e);
    } finally {
      attempt.end();
    }
  }

  /** Reads the body for what the object has to say of it; its length. */
  private long describe(StorageObject object, Map<String, String> metadata, InputStream body)
      throws IOException {
    MessageDigest sha256 = CheckedContent.sha256();
    CRC32C crc = new CRC32C();
    long length = 0;
    byte[] buffer = new byte[1 << 16];
    for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
      sha256.update(buffer, 0, read);
      crc.update(buffer, 0, read);
      length += read;
    }
    String hash = HexFormat.of().formatHex(sha256.digest());
    object
        .setContentType("application/octet-stream")
        .setCrc32c(CheckedContent.base64(crc))
        .setMetadata(GoogleMetadata.of(metadata, hash, put.id).stored())
        .setStorageClass(storage.writing().storageClass());
    return length;
  }

  private void whole(StorageObject object, BodyRange body) throws IOException {
    call(
        () -> {
          Storage.Objects.Insert insert =
              api.objects()
                  .insert(storage.bucket(), object, body)
                  .setIfGenerationMatch(0L)
                  .setKmsKeyName(storage.writing().kmsKey())
                  .setFields("generation");
          insert.setDisableGZipContent(true);
          insert.getMediaHttpUploader().setDirectUploadEnabled(true);
          return insert.execute();
        });
  }

  /** An object of this key is there: perhaps this put's own, when an earlier answer was lost. */
  private void lost(IOException conflict) throws IOException {
    Optional<StorageObject> there = call(this::find);
    if (there.isEmpty()) {
      throw new IOException("cannot " + put.deed() + ": another writer was storing it", conflict);
    }
    refuse(there.get());
  }

  private void refuse(StorageObject there) throws ObjectExistsException {
    if (!GoogleMetadata.of(there.getMetadata()).isOf(put.id)) {
      throw new ObjectExistsException(put.key);
    }
  }

  private Optional<StorageObject> find() throws IOException {
    try {
      return Optional.of(
          api.objects().get(storage.bucket(), put.name).setFields("metadata").execute());
    } catch (IOException e) {
      if (GoogleFailure.isMissing(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private <T> T call(Callable<T> call) throws IOException {
    try {
      return deadline.within(put.deed(), call);
    } catch (IOException | RuntimeException e) {
      throw failure.of(put.deed(), e);
    }
  }
}
