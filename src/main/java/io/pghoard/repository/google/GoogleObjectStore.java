// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import com.google.api.client.http.HttpResponse;
import com.google.api.client.util.DateTime;
import com.google.api.services.storage.Storage;
import com.google.api.services.storage.model.Objects;
import com.google.api.services.storage.model.StorageObject;
import io.pghoard.config.GoogleStorage;
import io.pghoard.repository.AnswerBody;
import io.pghoard.repository.CheckedContent;
import io.pghoard.repository.CheckedContent.Expected;
import io.pghoard.repository.Deadline;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectListing;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.RereadableBody;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The objects of one site in Google Cloud Storage: what Camel's component does not do. */
public final class GoogleObjectStore implements ObjectListing {
  /** The most that one answer holds. */
  private static final long PAGE = 1000;

  private final GoogleStorage storage;
  private final Storage api;
  private final GoogleFailure failure;
  private final Deadline deadline;
  private final UploadSessions sessions = new UploadSessions();

  public GoogleObjectStore(GoogleStorage storage, Storage api) {
    this.storage = storage;
    this.api = api;
    this.failure = new GoogleFailure(storage);
    // The client's own deadline is the same; this one holds whatever the client waits for.
    this.deadline = new Deadline(storage.access().callTimeout().plusSeconds(1));
  }

  /** An object's name in the bucket. */
  public String objectName(ObjectKey key) {
    return prefix() + key;
  }

  private String prefix() {
    return storage.prefix().isEmpty() ? "" : storage.prefix() + "/";
  }

  /**
   * As {@link io.pghoard.repository.ObjectStore#put}.
   *
   * @param id names this put, and is the same when it is repeated
   */
  public void put(ObjectKey key, Map<String, String> metadata, RereadableBody body, String id)
      throws IOException {
    GoogleUpload.Put put = new GoogleUpload.Put(key, objectName(key), id);
    new GoogleUpload(storage, api, deadline, put, sessions).put(metadata, body);
  }

  /** As {@link io.pghoard.repository.ObjectStore#get}. */
  public ObjectContent get(ObjectKey key) throws IOException {
    String name = objectName(key);
    try {
      StorageObject object =
          deadline.within(
              "get " + key,
              () ->
                  api.objects()
                      .get(storage.bucket(), name)
                      .setFields("generation,size,crc32c,metadata")
                      .execute());
      HttpResponse answer =
          deadline.within("get " + key, () -> media(name, object), GoogleObjectStore::leave);
      GoogleMetadata metadata = GoogleMetadata.of(object.getMetadata());
      return new ObjectContent(
          new CheckedContent(
              key,
              new Expected(metadata.sha256(), size(object), null, object.getCrc32c()),
              body(key, answer)),
          metadata.plain());
    } catch (IOException | RuntimeException e) {
      if (GoogleFailure.isMissing(e)) {
        requireBucket("get " + key);
        throw new ObjectMissingException(key);
      }
      throw failure.of("get " + key, e);
    }
  }

  private InputStream body(ObjectKey key, HttpResponse answer) throws IOException {
    InputStream content = answer.getContent();
    return new AnswerBody(
        content == null ? InputStream.nullInputStream() : content,
        (read, e) -> failure.of("read on in " + key + " " + read, e),
        whole -> answer.disconnect());
  }

  private static void leave(HttpResponse late) {
    try {
      late.disconnect();
    } catch (IOException e) {
      // It is closed as far as it can be.
    }
  }

  private HttpResponse media(String name, StorageObject object) throws IOException {
    Storage.Objects.Get get =
        api.objects().get(storage.bucket(), name).setGeneration(object.getGeneration());
    // The bytes as they are stored, whatever Content-Encoding says.
    get.setReturnRawInputStream(true);
    return get.executeMedia();
  }

  /**
   * Makes sure that the bucket is there: without it each of its objects is called missing, which
   * proves nothing.
   */
  void requireBucket(String deed) throws IOException {
    call(
        deed,
        () ->
            api.objects()
                .list(storage.bucket())
                .setMaxResults(1L)
                .setFields("items(name)")
                .execute());
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    return list(
        prefix,
        "name,size,timeCreated,metadata",
        object -> {
          ObjectKey key = key(object);
          return key == null
              ? null
              : new StoredObject(
                  key,
                  size(object),
                  time(object.getTimeCreated()),
                  GoogleMetadata.of(object.getMetadata()).plain());
        });
  }

  @Override
  public List<ObjectKey> keys(String prefix) throws IOException {
    return list(prefix, "name", this::key);
  }

  private <T> List<T> list(
      String prefix, String fields, Function<StorageObject, @Nullable T> reader)
      throws IOException {
    List<T> found = new ArrayList<>();
    String token = null;
    do {
      String page = token;
      Objects objects =
          call(
              "list the objects below \"" + prefix + "\"",
              () ->
                  api.objects()
                      .list(storage.bucket())
                      .setPrefix(prefix() + prefix)
                      .setMaxResults(PAGE)
                      .setPageToken(page)
                      .setFields("nextPageToken,items(" + fields + ")")
                      .execute());
      // A page may be empty and not the last.
      if (objects.getItems() != null) {
        for (StorageObject object : objects.getItems()) {
          T each = reader.apply(object);
          if (each != null) {
            found.add(each);
          }
        }
      }
      token = objects.getNextPageToken();
    } while (token != null);
    return found;
  }

  /** Null for a name that pghoard gives to no object. */
  private @Nullable ObjectKey key(StorageObject object) {
    String text = object.getName().substring(prefix().length());
    return ObjectKey.matches(text) ? new ObjectKey(text) : null;
  }

  private static long size(StorageObject object) {
    BigInteger size = object.getSize();
    return size == null ? 0 : size.longValueExact();
  }

  private static Instant time(@Nullable DateTime time) {
    return time == null ? Instant.EPOCH : Instant.ofEpochMilli(time.getValue());
  }

  /** A deletion of several objects, one by one. */
  public GoogleDeletion deletion() {
    return new GoogleDeletion(this, failure);
  }

  private <T> T call(String deed, Callable<T> call) throws IOException {
    try {
      return deadline.within(deed, call);
    } catch (IOException | RuntimeException e) {
      throw failure.of(deed, e);
    }
  }
}
