// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.google.GoogleDeletion;
import io.pghoard.repository.google.GoogleObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** The steps around Camel's component {@code google-storage}, and what it cannot do. */
public final class GoogleSteps {
  private static GoogleObjectStore objects(OpenStore store) {
    return store.as(GoogleObjectStore.class);
  }

  public String objectName(OpenStore store, ObjectKey key) {
    return objects(store).objectName(key);
  }

  /**
   * As {@link io.pghoard.repository.ObjectStore#put}.
   *
   * @param id the same when the put is repeated
   */
  public void put(
      OpenStore store, ObjectKey key, Map<String, String> metadata, InputStream body, String id)
      throws IOException {
    objects(store).put(key, metadata, CachedBody.of(body), id);
  }

  public ObjectContent get(OpenStore store, ObjectKey key) throws IOException {
    return objects(store).get(key);
  }

  public GoogleDeletion deletion(OpenStore store) {
    return objects(store).deletion();
  }

  /** The component's answer: whether the object was there. */
  public void deleted(GoogleDeletion deletion, boolean wasThere) {
    deletion.done(wasThere);
  }

  /** The component's failure. */
  public void notDeleted(GoogleDeletion deletion, ObjectKey key, Exception failure)
      throws IOException {
    deletion.failed(key, failure);
  }

  /** Tells what the bucket has kept. */
  public void deletionEnded(GoogleDeletion deletion) throws IOException {
    deletion.end();
  }
}
