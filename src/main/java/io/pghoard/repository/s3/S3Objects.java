// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.config.S3Storage;
import io.pghoard.repository.AnswerBody;
import io.pghoard.repository.CheckedContent;
import io.pghoard.repository.CheckedContent.Expected;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectListing;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.PermanentStorageException;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The objects of one site in S3: what the routes' component cannot do, and what goes around it. */
public final class S3Objects implements ObjectListing {
  /** S3's own limit for one request. */
  private static final int DELETED_AT_ONCE = 1000;

  /** What an object's ETag looks like where it tells of the parts' MD5s. */
  private static final Pattern OF_PARTS = Pattern.compile("[0-9a-fA-F]{32}-[0-9]+");

  private final S3Storage storage;
  private final S3Client client;
  private final PartMemory memory;
  private final S3Names names;
  private final S3Failure failure;

  /** By which stores refuse a request that they do not know. */
  private static final Set<Integer> NO_BATCH = Set.of(400, 404, 405, 411, 415, 501);

  public S3Objects(S3Storage storage, S3Client client, PartMemory memory) {
    this.storage = storage;
    this.client = client;
    this.memory = memory;
    this.names = new S3Names(storage.prefix());
    this.failure = new S3Failure(storage);
  }

  /** Reads a body for what S3 has to be told before the bytes; {@link #done} must follow. */
  public S3Put prepare(S3Put.Source source) throws IOException {
    if (source.key().text().contains("${") || source.key().text().contains("$simple{")) {
      throw new PermanentStorageException(
          "cannot put %s: Camel's S3 component would evaluate the ${ in it"
              .formatted(source.key()));
    }
    return S3Put.of(names, source, storage.writing().partSize(), memory);
  }

  /** Frees what {@link #prepare} has taken. */
  public void done(S3Put put) {
    if (put.holdsMemory()) {
      memory.giveBack(storage.writing().partSize());
    }
  }

  /** Stores a large object, and looks afterwards at what became of it. */
  public void putInParts(S3Put put) throws IOException {
    String etag =
        new MultipartPut(client, storage.bucket(), memory, storage.writing().partSize(), put)
            .run(storage.access().callTimeout());
    HeadObjectResponse head = client.headObject(r -> r.bucket(storage.bucket()).key(put.name()));
    if (!new S3Metadata(head.metadata()).isOf(put.id())) {
      throw new ObjectExistsException(put.key());
    }
    String stored = Hashes.unquoted(head.eTag() == null ? "" : head.eTag());
    boolean otherBytes =
        OF_PARTS.matcher(stored).matches() && isPlainMd5(head) && !stored.equalsIgnoreCase(etag);
    if (head.contentLength() != put.length() || otherBytes) {
      client.deleteObject(r -> r.bucket(storage.bucket()).key(put.name()));
      throw new IOException(
          "cannot put %s: S3 put other bytes together (%d bytes, ETag %s) than were sent (%d, %s)"
              .formatted(put.key(), head.contentLength(), stored, put.length(), etag));
    }
  }

  private static boolean isPlainMd5(HeadObjectResponse head) {
    String encryption = head.serverSideEncryptionAsString();
    return (encryption == null || encryption.equals("AES256"))
        && head.sseCustomerAlgorithm() == null;
  }

  /**
   * Sorts what a put failed with. It is no failure when the object that is there was put by this
   * very call, whose answer was lost.
   */
  public void putFailed(S3Put put, Throwable cause) throws IOException {
    if (!(cause instanceof ConflictException) && !S3Failure.isConflict(cause)) {
      throw failure.of("put " + put.key(), cause);
    }
    HeadObjectResponse head;
    try {
      head = client.headObject(r -> r.bucket(storage.bucket()).key(put.name()));
    } catch (SdkException e) {
      e.addSuppressed(cause);
      throw S3Failure.isMissing(e)
          ? new IOException("cannot put " + put.key() + ": another writer was storing it", e)
          : failure.of("put " + put.key(), e);
    }
    if (!new S3Metadata(head.metadata()).isOf(put.id())) {
      throw new ObjectExistsException(put.key());
    }
  }

  public GetObjectRequest get(ObjectKey key) {
    return GetObjectRequest.builder().bucket(storage.bucket()).key(names.name(key)).build();
  }

  /** An object on its way out, checked at its end. */
  public ObjectContent content(ObjectKey key, ResponseInputStream<GetObjectResponse> answer) {
    S3Metadata metadata = new S3Metadata(answer.response().metadata());
    InputStream body =
        new AnswerBody(
            answer,
            (read, e) -> broken("read on in " + key + " " + read, e),
            whole -> {
              if (whole) {
                answer.close();
              } else {
                answer.abort();
              }
            });
    Expected expected =
        new Expected(metadata.sha256(), null, answer.response().contentLength(), null);
    return new ObjectContent(new CheckedContent(key, expected, body), metadata.plain());
  }

  private IOException broken(String deed, Exception cause) {
    IOException classified = failure.of(deed, cause);
    return classified.equals(cause)
        ? new IOException("cannot %s: %s".formatted(deed, cause.getMessage()), cause)
        : classified;
  }

  /** Sorts what a get failed with. */
  public IOException getFailed(ObjectKey key, Throwable cause) {
    return S3Failure.isMissing(cause)
        ? new ObjectMissingException(key)
        : failure.of("get " + key, cause);
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    try {
      return listing().objects(prefix);
    } catch (SdkException e) {
      throw failure.of("list the objects below \"" + prefix + "\"", e);
    }
  }

  @Override
  public List<ObjectKey> keys(String prefix) throws IOException {
    try {
      return listing().keys(prefix);
    } catch (SdkException e) {
      throw failure.of("list the keys below \"" + prefix + "\"", e);
    }
  }

  private S3Listing listing() {
    return new S3Listing(client, storage.bucket(), names);
  }

  /** The requests that delete these objects, as many in each as S3 takes. */
  public List<DeleteObjectsRequest> deletions(List<ObjectKey> keys) {
    List<DeleteObjectsRequest> requests = new ArrayList<>();
    for (int from = 0; from < keys.size(); from += DELETED_AT_ONCE) {
      List<ObjectIdentifier> some =
          keys.subList(from, Math.min(keys.size(), from + DELETED_AT_ONCE)).stream()
              .map(key -> ObjectIdentifier.builder().key(names.name(key)).build())
              .toList();
      requests.add(
          DeleteObjectsRequest.builder()
              .bucket(storage.bucket())
              .delete(all -> all.objects(some).quiet(true))
              .build());
    }
    return requests;
  }

  /** Looks into an answer, which says of each object whether it is deleted. */
  public void deleted(DeleteObjectsResponse answer) throws IOException {
    if (!answer.hasErrors() || answer.errors().isEmpty()) {
      return;
    }
    S3Error first = answer.errors().get(0);
    if (answer.errors().stream().allMatch(error -> "NoSuchKey".equals(error.code()))) {
      return;
    }
    String message =
        "cannot delete %s: %s (%s); %d objects are left"
            .formatted(first.key(), first.code(), first.message(), answer.errors().size());
    boolean passes =
        answer.errors().stream()
            .anyMatch(error -> List.of("InternalError", "SlowDown").contains(error.code()));
    throw passes ? new IOException(message) : new PermanentStorageException(message);
  }

  /**
   * Deletes one by one what could not be deleted in one request, where the store has none such.
   *
   * @throws IOException when it failed for another reason, or an object cannot be deleted
   */
  public void deleteFailed(List<ObjectKey> keys, Throwable cause) throws IOException {
    if (!(cause instanceof S3Exception refused)
        || !NO_BATCH.contains(refused.statusCode())
        || "NoSuchBucket".equals(refused.awsErrorDetails().errorCode())) {
      throw failure.of("delete objects", cause);
    }
    for (ObjectKey key : keys) {
      try {
        client.deleteObject(r -> r.bucket(storage.bucket()).key(names.name(key)));
      } catch (SdkException e) {
        throw failure.of("delete " + key, e);
      }
    }
  }

  /** Ends what killed writers began below a start of keys. */
  public List<ObjectKey> sweep(String prefix, Instant before) throws IOException {
    try {
      return new UploadSweep(client, storage.bucket(), names).sweep(prefix, before);
    } catch (SdkException e) {
      throw failure.of("abort old uploads below \"" + prefix + "\"", e);
    }
  }
}
