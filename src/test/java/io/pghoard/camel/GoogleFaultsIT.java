// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.PermanentStorageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A site at Google when Google errs. */
@Timeout(180)
class GoogleFaultsIT extends GoogleService {
  private static final ObjectKey KEY = new ObjectKey("main/xlog/00000001000000000000000A");
  private static final byte[] SMALL = new byte[300_000];

  /** More than two chunks. */
  private static final byte[] LARGE = new byte[(20 << 20) + 17];

  static {
    new Random(1).nextBytes(SMALL);
    new Random(2).nextBytes(LARGE);
  }

  private static byte[] read(RunningService service) throws IOException {
    try (ObjectContent content = service.store().get(KEY)) {
      return content.stream().readAllBytes();
    }
  }

  private static void put(RunningService service, byte[] bytes) throws IOException {
    service.store().put(KEY, Map.of("host", "db1"), new ByteArrayInputStream(bytes));
  }

  @Test
  void largeObject_goesInChunks_withWhatIsConfigured(@TempDir Path home) throws Exception {
    String bucket = google().bucket();
    String key = "projects/p/locations/eu/keyRings/r/cryptoKeys/k";
    try (RunningService service =
        service(
            home,
            bucket,
            google().port(),
            storage -> storage.put("storage_class", "NEARLINE").put("kms_key_name", key))) {
      // What Google has kept of a chunk may be less than it was sent.
      google().faults().keepOfNextChunk(1 << 20);
      put(service, LARGE);

      assertThat(read(service)).isEqualTo(LARGE);
      assertThat(google().resource(bucket, KEY.text()).toString())
          .contains("\"host\":\"db1\"", "\"_hash\":\"", "\"NEARLINE\"", "\"" + key + "/");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "503, backendError, 2",
    "500, backendError, 1",
    "429, rateLimitExceeded, 3",
    "408, requestTimeout, 1",
    "403, rateLimitExceeded, 1"
  })
  void storeThatIsBusy_isAskedAgain(int status, String reason, int times, @TempDir Path home)
      throws Exception {
    try (RunningService service = service(home, google().bucket())) {
      google().faults().refuse(null, status, reason, "Try again", times);
      put(service, SMALL);
      google().faults().refuse(null, status, reason, "Try again", times);
      assertThat(read(service)).isEqualTo(SMALL);
      google().faults().refuse("GET", status, reason, "Try again", times);
      assertThat(service.store().keys("")).containsExactly(KEY);
    }
  }

  @Test
  void storeThatStaysBusy_isNoSuccess(@TempDir Path home) throws Exception {
    try (RunningService service = service(home, google().bucket())) {
      put(service, SMALL);
      google().faults().refuse(null, 503, "backendError", "Backend Error", 1000);
      for (byte[] bytes : List.of(SMALL, LARGE)) {
        assertThatIOException()
            .isThrownBy(() -> put(service, bytes))
            .withMessageContaining("cannot put " + KEY + ": the bucket ")
            .withMessageContaining("answered 503 backendError (Backend Error)")
            .isNotInstanceOf(PermanentStorageException.class);
      }
      // PostgreSQL stops its recovery: this proves no end of the archive.
      String path = "/main/archive/00000001000000000000000B";
      assertThat(service.send("GET", path).statusCode()).isGreaterThanOrEqualTo(500);
      google().faults().none();
      assertThat(service.send("GET", path).statusCode()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | authError | no | check credential_file or credentials",
        "403 | forbidden | pghoard does not have storage.objects.create access | the roles that",
        "403 | accountDisabled | The billing account is disabled | check the project's billing",
        "403 | forbidden | Permission denied on Cloud KMS key | check kms_key_name",
        "400 | invalid | Invalid argument. | check storage_class",
        "404 | notFound | The specified bucket does not exist. | create the bucket",
      })
  void refusal_isToldWithItsRemedyAndNotRepeated(
      int status, String reason, String message, String remedy, @TempDir Path home)
      throws Exception {
    try (RunningService service = service(home, google().bucket())) {
      service.store().keys("");
      int before = google().calls();
      google().faults().refuse("POST", status, reason, message, 1000);

      assertThatThrownBy(() -> put(service, SMALL))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("answered %d %s (%s)".formatted(status, reason, message))
          .hasMessageContaining(remedy);

      // A token that is refused is replaced once.
      assertThat(google().calls() - before).isLessThanOrEqualTo(status == 401 ? 4 : 1);
    }
  }

  @Test
  void bucketThatIsNotThere_holdsNoMissingObject(@TempDir Path home) throws Exception {
    try (RunningService service = service(home, "no-such-bucket")) {
      for (ThrowingCallable deed :
          List.<ThrowingCallable>of(
              () -> put(service, SMALL),
              () -> put(service, LARGE),
              () -> service.store().get(KEY),
              () -> service.store().list(""))) {
        assertThatThrownBy(deed)
            .isInstanceOf(PermanentStorageException.class)
            .isNotInstanceOf(ObjectMissingException.class)
            .hasMessageContaining("create the bucket, or check bucket_name");
      }
    }
  }

  @Test
  void answerThatIsLost_isNoConflict(@TempDir Path home) throws Exception {
    try (RunningService service = service(home, google().bucket())) {
      for (byte[] bytes : List.of(SMALL, LARGE)) {
        google().faults().loseNextAnswer();
        put(service, bytes);
        assertThat(read(service)).isEqualTo(bytes);
        service.store().delete(KEY);
      }
    }
  }

  /** Only the answer to the last chunk says that there is an object. */
  @Test
  void uploadWithoutAnObject_isNoSuccess(@TempDir Path home) throws Exception {
    try (RunningService service = service(home, google().bucket())) {
      google().faults().keepNextWithoutObject();
      put(service, LARGE);
      assertThat(read(service)).isEqualTo(LARGE);
      service.store().delete(KEY);

      google().faults().answerNextChunkTooEarly();
      put(service, LARGE);
      assertThat(read(service)).isEqualTo(LARGE);
    }
  }

  @Test
  void uploadThatBreaks_isGoneOnWith_andOneThatIsForgottenBegunAnew(@TempDir Path home)
      throws Exception {
    String bucket = google().bucket();
    try (RunningService service = service(home, bucket)) {
      google().faults().breakNextChunk(3 << 20);
      put(service, LARGE);
      assertThat(read(service)).isEqualTo(LARGE);
      service.store().delete(KEY);
      // More than one try stands: the put is repeated, and takes up the same upload.
      google().faults().refuse("PUT", 503, "backendError", "Backend Error", 4);
      put(service, LARGE);
      assertThat(read(service)).isEqualTo(LARGE);
      service.store().delete(KEY);
      assertThat(google().begunUploads(bucket)).isEqualTo(2);
      assertThat(google().unfinishedUploads(bucket)).isZero();

      google().faults().loseSessions();
      assertThatIOException()
          .isThrownBy(() -> put(service, LARGE))
          .withMessageContaining("Google has forgotten the upload")
          .isNotInstanceOf(PermanentStorageException.class);
      assertThat(service.store().keys("")).isEmpty();
    }
  }

  @Test
  void bytesThatRot_areNoticedWhenTheyAreRead(@TempDir Path home) throws Exception {
    String bucket = google().bucket();
    try (RunningService service = service(home, bucket)) {
      put(service, SMALL);
      google().rot(bucket, KEY.text());
      assertThatIOException()
          .isThrownBy(() -> read(service))
          .withMessageStartingWith("the object " + KEY + " is damaged");

      // One of the Python pghoard has no hash of ours, but Google's CRC32C.
      google().put(bucket, KEY.text(), "abc".getBytes(UTF_8));
      assertThat(read(service)).asString(UTF_8).isEqualTo("abc");
      google().rot(bucket, KEY.text());
      assertThatIOException()
          .isThrownBy(() -> read(service))
          .withMessageStartingWith(
              "the object " + KEY + " is damaged: its 3 bytes have the CRC32C");
    }
  }
}
