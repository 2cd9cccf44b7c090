// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.config.S3Storage;
import io.pghoard.repository.PermanentStorageException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says what was being done when S3 failed, and tells what stays from what may pass. */
record S3Failure(S3Storage storage) {
  /** Codes of status 400 and 403 that a repetition may cure. */
  private static final Set<String> PASSING =
      Set.of("BadDigest", "IncompleteBody", "RequestTimeout", "XAmzContentSHA256Mismatch");

  /**
   * The failure to throw.
   *
   * @param deed what cannot be done, with its object: "put site/xlog/..."
   */
  IOException of(String deed, Throwable cause) {
    if (cause instanceof PermanentStorageException permanent) {
      return permanent;
    }
    if (cause instanceof AwsServiceException answer) {
      return ofAnswer(deed, answer);
    }
    if (cause instanceof SdkException failure) {
      return ofNoAnswer(deed, failure);
    }
    return cause instanceof IOException failure
        ? failure
        : new IOException("cannot %s: %s".formatted(deed, cause), cause);
  }

  static boolean isMissing(Throwable cause) {
    return cause instanceof AwsServiceException answer
        && answer.statusCode() == 404
        && !"NoSuchBucket".equals(code(answer))
        && !"NoSuchUpload".equals(code(answer));
  }

  /** Whether a conditional write lost: 412; or 409, where another writer is at the same key. */
  static boolean isConflict(Throwable cause) {
    return cause instanceof AwsServiceException answer
        && (answer.statusCode() == 412 || answer.statusCode() == 409);
  }

  private IOException ofAnswer(String deed, AwsServiceException answer) {
    int status = answer.statusCode();
    String code = code(answer);
    String said = answer.awsErrorDetails() == null ? "" : answer.awsErrorDetails().errorMessage();
    String message =
        "cannot %s: %s answered %d%s%s%s"
            .formatted(
                deed,
                status == 407 ? "the proxy on the way" : "the bucket " + storage.bucket(),
                status,
                code.isEmpty() ? "" : " " + code,
                said == null || said.isBlank() ? "" : " (" + said.strip() + ")",
                new S3Remedy(storage).of(deed, status, code));
    boolean passes =
        (status >= 500 && status != 501)
            || status == 408
            || status == 409
            || status == 412
            || status == 425
            || status == 429
            || PASSING.contains(code);
    return passes
        ? new IOException(message, answer)
        : new PermanentStorageException(message, answer);
  }

  private static String code(AwsServiceException answer) {
    return answer.awsErrorDetails() == null || answer.awsErrorDetails().errorCode() == null
        ? ""
        : answer.awsErrorDetails().errorCode();
  }

  private IOException ofNoAnswer(String deed, SdkException failure) {
    String start = "cannot " + deed + ": ";
    if (failure instanceof ApiCallTimeoutException) {
      return new IOException(
          start
              + "%s did not answer within call_timeout, %d s"
                  .formatted(server(), storage.access().callTimeout().toSeconds()),
          failure);
    }
    if (failure instanceof AbortedException) {
      return new IOException(start + "interrupted", failure);
    }
    String tls = tls(failure);
    if (tls != null) {
      return new PermanentStorageException(start + tls, failure);
    }
    UnknownHostException unknown = find(failure, UnknownHostException.class);
    if (unknown != null) {
      return new IOException(
          start
              + "the host name of %s cannot be resolved (%s); check host and DNS"
                  .formatted(server(), unknown.getMessage()),
          failure);
    }
    if (String.valueOf(failure.getMessage()).contains("Unable to load credentials")) {
      return new PermanentStorageException(
          start
              + "the AWS SDK finds no keys; set aws_access_key_id and aws_secret_access_key, or give"
              + " the process a role, a profile or AWS_ACCESS_KEY_ID",
          failure);
    }
    return new IOException(start + reason(failure), failure);
  }

  private @Nullable String tls(SdkException failure) {
    SSLException handshake = find(failure, SSLException.class);
    if (handshake == null) {
      return null;
    }
    String who = "the certificate of " + server();
    if (find(failure, CertificateExpiredException.class) != null) {
      return who + " has expired; renew it (or this machine's clock is wrong)";
    }
    if (find(failure, CertificateNotYetValidException.class) != null) {
      return who + " is not valid yet; check this machine's clock";
    }
    if (String.valueOf(handshake.getMessage()).contains("PKIX")
        || find(failure, CertPathValidatorException.class) != null) {
      return who
          + " is not signed by a trusted authority; set cert_path to the authority's certificate";
    }
    if (handshake instanceof SSLPeerUnverifiedException) {
      return "%s is for a different name; check host (%s)".formatted(who, handshake.getMessage());
    }
    if (find(failure, CertificateException.class) != null) {
      return "%s is not good: %s".formatted(who, handshake.getMessage());
    }
    // Cut off in the middle, or no TLS at all on the other side: the text tells which.
    return String.valueOf(handshake.getMessage()).contains("nrecognized SSL message")
        ? server() + " does not use TLS on this port; check is_secure and port"
        : null;
  }

  private String reason(SdkException failure) {
    if (find(failure, SocketTimeoutException.class) != null) {
      return server() + " does not respond (connect_timeout and read_timeout say how long to wait)";
    }
    if (find(failure, ConnectException.class) != null) {
      return "no connection to %s (%s)".formatted(server(), innermost(failure).getMessage());
    }
    return "the connection to %s was lost (%s)"
        .formatted(server(), innermost(failure).getMessage());
  }

  private String server() {
    String host = storage.server().host();
    String server =
        host == null
            ? "Amazon S3 in " + storage.server().region()
            : host + ":" + storage.server().port();
    return storage.access().to(server);
  }

  private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }

  private static Throwable innermost(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
