// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.StoredObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Lists objects page by page; S3 tells an object's metadata only to a request of its own. */
record S3Listing(S3Client client, String bucket, S3Names names) {
  private static final int HEADS_SIDE_BY_SIDE = 16;

  /** The keys that begin with {@code prefix}, in order. */
  List<ObjectKey> keys(String prefix) {
    List<ObjectKey> keys = new ArrayList<>();
    // What starts no key starts no request: "../" would be a path to some servers.
    if (!prefix.isEmpty() && !ObjectKey.matches(prefix + "x")) {
      return keys;
    }
    for (ListObjectsV2Response page :
        client.listObjectsV2Paginator(r -> r.bucket(bucket).prefix(names.start(prefix)))) {
      page.contents().forEach(object -> names.key(object.key()).ifPresent(keys::add));
    }
    keys.sort(Comparator.naturalOrder());
    return keys;
  }

  List<StoredObject> objects(String prefix) throws IOException {
    List<ObjectKey> keys = keys(prefix);
    if (keys.isEmpty()) {
      return List.of();
    }
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(HEADS_SIDE_BY_SIDE, keys.size()),
            work -> {
              Thread thread = new Thread(work, "s3-head");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<Optional<StoredObject>>> heads =
          keys.stream()
              .map(key -> threads.submit((Callable<Optional<StoredObject>>) () -> head(key)))
              .toList();
      List<StoredObject> objects = new ArrayList<>();
      for (Future<Optional<StoredObject>> head : heads) {
        head.get().ifPresent(objects::add);
      }
      return objects;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IOException("cannot list " + prefix, e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  /** One object; none when it was deleted just now. */
  private Optional<StoredObject> head(ObjectKey key) {
    try {
      HeadObjectResponse head = client.headObject(r -> r.bucket(bucket).key(names.name(key)));
      return Optional.of(
          new StoredObject(
              key,
              head.contentLength(),
              head.lastModified(),
              new S3Metadata(head.metadata()).plain()));
    } catch (S3Exception e) {
      if (S3Failure.isMissing(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
