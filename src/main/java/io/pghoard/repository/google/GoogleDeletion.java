// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PermanentStorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What came of deleting several objects: those that the bucket keeps do not stop the others. */
public final class GoogleDeletion {
  private final GoogleObjectStore store;
  private final GoogleFailure failure;
  private final List<PermanentStorageException> retained = new ArrayList<>();
  private boolean missed;

  GoogleDeletion(GoogleObjectStore store, GoogleFailure failure) {
    this.store = store;
    this.failure = failure;
  }

  /**
   * One request is answered.
   *
   * @param wasThere whether there was such an object
   */
  public void done(boolean wasThere) {
    missed |= !wasThere;
  }

  /** One request has failed. */
  public void failed(ObjectKey key, Throwable cause) throws IOException {
    IOException sorted = failure.of("delete " + key, cause);
    GoogleFailure.Answer answer = GoogleFailure.Answer.in(cause);
    if (answer == null
        || !answer.isRetained()
        || !(sorted instanceof PermanentStorageException kept)) {
      throw sorted;
    }
    retained.add(kept);
  }

  /** All requests were made. */
  public void end() throws IOException {
    if (missed) {
      // Whether the object was missing or the whole bucket, the answer does not say.
      store.requireBucket("delete objects");
    }
    if (!retained.isEmpty()) {
      PermanentStorageException first = retained.get(0);
      throw retained.size() == 1
          ? first
          : new PermanentStorageException(
              "%d objects are retained, the first one: %s"
                  .formatted(retained.size(), first.getMessage()),
              first);
    }
  }
}
