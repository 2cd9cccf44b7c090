// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.s3.S3Objects;
import io.pghoard.repository.s3.S3Put;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** The steps around Camel's component {@code aws2-s3}, and what it cannot do. */
public final class S3Steps {
  private static S3Objects objects(OpenStore store) {
    return store.as(S3Objects.class);
  }

  /**
   * Prepares a put.
   *
   * @param id the same when the put is repeated
   */
  public S3Put prepare(
      OpenStore store, ObjectKey key, Map<String, String> metadata, InputStream body, String id)
      throws IOException {
    return objects(store).prepare(new S3Put.Source(key, metadata, CachedBody.of(body), id));
  }

  public void putInParts(OpenStore store, S3Put put) throws IOException {
    objects(store).putInParts(put);
  }

  public void putFailed(OpenStore store, S3Put put, Exception failure) throws IOException {
    objects(store).putFailed(put, cause(failure));
  }

  public void done(OpenStore store, S3Put put) {
    objects(store).done(put);
  }

  public GetObjectRequest get(OpenStore store, ObjectKey key) {
    return objects(store).get(key);
  }

  public ObjectContent content(
      OpenStore store, ObjectKey key, ResponseInputStream<GetObjectResponse> answer) {
    return objects(store).content(key, answer);
  }

  public void getFailed(OpenStore store, ObjectKey key, Exception failure) throws IOException {
    throw objects(store).getFailed(key, cause(failure));
  }

  public List<DeleteObjectsRequest> deletions(OpenStore store, List<ObjectKey> keys) {
    return objects(store).deletions(keys);
  }

  public void deleted(OpenStore store, DeleteObjectsResponse answer) throws IOException {
    objects(store).deleted(answer);
  }

  /** Deletes singly, where the store refuses to delete many objects in one request. */
  public void deleteFailed(OpenStore store, List<ObjectKey> keys, Exception failure)
      throws IOException {
    objects(store).deleteFailed(keys, cause(failure));
  }

  /** What failed, without what Camel puts around it: an endpoint that did not start, a split. */
  private static Throwable cause(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (!cause.getClass().getName().startsWith("org.apache.camel.")) {
        return cause;
      }
    }
    return failure;
  }
}
