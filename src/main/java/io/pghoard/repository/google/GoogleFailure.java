// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.HttpResponseException;
import com.google.auth.Retryable;
import com.google.cloud.storage.StorageException;
import io.pghoard.config.GoogleStorage;
import io.pghoard.repository.NetworkFailure;
import io.pghoard.repository.PermanentStorageException;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says what was being done when Google failed, and tells what stays from what may pass.
 *
 * <p>Source: <a href="https://cloud.google.com/storage/docs/json_api/v1/status-codes">HTTP status
 * and error codes for JSON</a>.
 */
record GoogleFailure(GoogleStorage storage) {
  private static final Set<String> RETAINED =
      Set.of("retentionPolicyNotMet", "objectUnderActiveHold", "objectRetentionNotMet");

  /** Refusals of a request that comes too early. */
  private static final Set<String> TOO_MANY = Set.of("rateLimitExceeded", "userRateLimitExceeded");

  /** What an answer says, however the client that got it packs it. */
  record Answer(int status, String reason, String message) {
    static @Nullable Answer in(Throwable failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof GoogleJsonResponseException json && json.getDetails() != null) {
          return of(json.getDetails());
        }
        if (cause instanceof StorageException stock && stock.getCode() > 0) {
          return new Answer(stock.getCode(), text(stock.getReason()), text(stock.getMessage()));
        }
        if (cause instanceof HttpResponseException other) {
          return new Answer(other.getStatusCode(), "", text(other.getStatusMessage()));
        }
      }
      return null;
    }

    static Answer of(GoogleJsonError error) {
      String reason =
          error.getErrors() == null || error.getErrors().isEmpty()
              ? ""
              : text(error.getErrors().get(0).getReason());
      return new Answer(error.getCode(), reason, text(error.getMessage()));
    }

    private static String text(@Nullable String text) {
      return text == null ? "" : text.strip();
    }

    /** Whether the bucket is kept from deleting an object that is there. */
    boolean isRetained() {
      String said = message.toLowerCase(Locale.ROOT);
      return status == 403
          && (RETAINED.contains(reason)
              || said.contains("retention")
              || (said.contains("hold") && !said.contains("threshold")));
    }
  }

  static boolean isMissing(Throwable failure) {
    Answer answer = Answer.in(failure);
    return answer != null && answer.status == 404;
  }

  /** Whether a put lost, as an object of its key is there. */
  static boolean isConflict(Throwable failure) {
    Answer answer = Answer.in(failure);
    return answer != null && answer.status == 412;
  }

  /** Whether a resumable upload is not known any more. */
  static boolean isForgotten(Throwable failure) {
    Answer answer = Answer.in(failure);
    return answer != null && (answer.status == 404 || answer.status == 410);
  }

  /**
   * The failure to throw.
   *
   * @param deed what cannot be done, with its object: "put site/xlog/..."
   */
  IOException of(String deed, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PermanentStorageException known) {
        return known;
      }
      if (cause instanceof Retryable token) {
        return noToken(deed, token, failure);
      }
    }
    Answer answer = Answer.in(failure);
    return answer == null
        ? NetworkFailure.of(deed, server(), failure)
        : answered(deed, answer, failure);
  }

  private IOException answered(String deed, Answer answer, Throwable failure) {
    int status = answer.status;
    String message =
        "cannot %s: the bucket %s answered %d%s%s%s"
            .formatted(
                deed,
                storage.bucket(),
                status,
                answer.reason.isEmpty() ? "" : " " + answer.reason,
                answer.message.isEmpty() ? "" : " (" + answer.message + ")",
                remedy(answer));
    // Bytes that were damaged on their way; a lost upload is begun anew.
    boolean passes =
        status >= 500
            || status == 408
            || status == 409
            || status == 410
            || status == 412
            || status == 429
            || TOO_MANY.contains(answer.reason)
            || answer.message.contains("doesn't match calculated");
    return passes
        ? new IOException(message, failure)
        : new PermanentStorageException(message, failure);
  }

  private static String remedy(Answer answer) {
    if (answer.isRetained()) {
      return "; it can be deleted when the bucket's retention policy or the hold has ended";
    }
    if (answer.message.contains("KMS")) {
      return "; check kms_key_name, and that the bucket's service agent may use the key";
    }
    return switch (answer.status) {
      case 400 -> "; check storage_class, kms_key_name and host";
      case 401 -> "; check credential_file or credentials, and this machine's clock";
      case 403 ->
          answer.reason.equals("accountDisabled")
              ? "; check the project's billing"
              : "; docs/operations.md lists the roles that are needed on the bucket";
      case 404 -> "; create the bucket, or check bucket_name";
      case 407 -> "; check user and pass of proxy_info";
      default -> "";
    };
  }

  /** There is no access token to ask with. */
  private IOException noToken(String deed, Retryable token, Throwable failure) {
    HttpResponseException answer = answerFor((Throwable) token);
    if (answer == null) {
      return NetworkFailure.of(deed, "Google's server for access tokens", failure);
    }
    int status = answer.getStatusCode();
    String message =
        "cannot %s: Google gives no access token: %d %s; check %s"
            .formatted(
                deed,
                status,
                said(answer),
                status == 407
                    ? "user and pass of proxy_info"
                    : "credential_file or credentials, and this machine's clock");
    return status >= 500 || status == 408 || status == 429
        ? new IOException(message, failure)
        : new PermanentStorageException(message, failure);
  }

  private static @Nullable HttpResponseException answerFor(Throwable token) {
    for (Throwable cause = token; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpResponseException answer) {
        return answer;
      }
    }
    return null;
  }

  private static String said(HttpResponseException answer) {
    String content = answer.getContent() == null ? "" : answer.getContent().strip();
    return content.length() > 300 ? content.substring(0, 300) + "..." : content;
  }

  private String server() {
    String server = storage.endpoint() == null ? "Google" : storage.endpoint().getAuthority();
    return storage.access().to(server);
  }
}
