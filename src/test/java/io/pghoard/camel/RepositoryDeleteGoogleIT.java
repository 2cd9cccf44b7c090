// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PermanentStorageException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryDeleteGoogleIT extends GoogleService {
  private static final List<ObjectKey> KEYS =
      List.of(
          new ObjectKey("main/a"),
          new ObjectKey("main/${body}"),
          new ObjectKey("main/c"),
          new ObjectKey("main/d"));

  private static String filled() throws Exception {
    String bucket = google().bucket();
    for (ObjectKey key : KEYS) {
      google().put(bucket, key.text(), new byte[3]);
    }
    return bucket;
  }

  @Test
  void batch_goesWithThoseThatAreGoneAlready(@TempDir Path home) throws Exception {
    try (RunningService service = service(home, filled())) {
      service.store().delete(KEYS.get(1));
      assertThat(service.store().keys("")).hasSize(3);

      service.store().delete(KEYS);

      assertThat(service.store().keys("")).isEmpty();
    }
  }

  @Test
  void objectThatTheBucketRetains_doesNotStopTheOthers(@TempDir Path home) throws Exception {
    String bucket = filled();
    try (RunningService service = service(home, bucket)) {
      google().retain(bucket, KEYS.get(0).text());
      google().retain(bucket, KEYS.get(2).text());
      int before = google().calls();

      assertThatThrownBy(() -> service.store().delete(KEYS))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageStartingWith("2 objects are retained, the first one: cannot delete main/a: ")
          .hasMessageContaining(
              "it can be deleted when the bucket's retention policy or the hold has ended");

      assertThat(service.store().keys("")).containsExactly(KEYS.get(0), KEYS.get(2));
      // A token, four deletions, and the listing: nothing was tried again.
      assertThat(google().calls() - before).isEqualTo(6);
    }
  }

  @Test
  void storeThatIsBusy_isAskedAgain_andNoSuccessInTheEnd(@TempDir Path home) throws Exception {
    try (RunningService service = service(home, filled())) {
      google().faults().refuse("DELETE", 503, "backendError", "Backend Error", 2);
      service.store().delete(KEYS.subList(0, 2));
      assertThat(service.store().keys("")).hasSize(2);

      google().faults().refuse("DELETE", 503, "backendError", "Backend Error", 1000);
      assertThatIOException()
          .isThrownBy(() -> service.store().delete(KEYS))
          .withMessageContaining("answered 503 backendError (Backend Error)")
          .isNotInstanceOf(PermanentStorageException.class);
      assertThat(service.store().keys("")).hasSize(2);
    }
  }

  @Test
  void bucketThatIsNotThere_isNoSuccess(@TempDir Path home) throws Exception {
    try (RunningService service = service(home, "no-such-bucket")) {
      assertThatThrownBy(() -> service.store().delete(KEYS))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("create the bucket, or check bucket_name");
    }
  }
}
