// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says why there is no answer from a store on another machine. */
public final class NetworkFailure {
  private NetworkFailure() {}

  /**
   * The failure to throw; permanent where a certificate is no good.
   *
   * @param deed what cannot be done, with its object: "put site/xlog/..."
   * @param server as a message names it
   */
  public static IOException of(String deed, String server, Throwable failure) {
    String start = "cannot " + deed + ": ";
    String certificate = certificate(server, failure);
    return certificate != null
        ? new PermanentStorageException(start + certificate, failure)
        : new IOException(start + passing(server, failure), failure);
  }

  private static @Nullable String certificate(String server, Throwable failure) {
    String who = "the certificate of " + server;
    if (find(failure, CertificateExpiredException.class) != null) {
      return who + " has expired; renew it (or this machine's clock is wrong)";
    }
    if (find(failure, CertificateNotYetValidException.class) != null) {
      return who + " is not valid yet; check this machine's clock";
    }
    if (find(failure, CertPathValidatorException.class) != null
        || innermost(failure).toString().contains("unable to find valid certification path")) {
      return who + " is not signed by an authority that Java trusts";
    }
    return null;
  }

  private static String passing(String server, Throwable failure) {
    UnknownHostException unknown = find(failure, UnknownHostException.class);
    if (unknown != null || find(failure, UnresolvedAddressException.class) != null) {
      return "the host name of %s cannot be resolved%s; check host and DNS"
          .formatted(server, unknown == null ? "" : " (" + unknown.getMessage() + ")");
    }
    if (find(failure, SocketTimeoutException.class) != null) {
      return server
          + " does not respond (connect_timeout, read_timeout and call_timeout say how long to wait)";
    }
    if (find(failure, ConnectException.class) != null) {
      // Java's HTTP client says no more of a port where nothing listens.
      String why = innermost(failure).getMessage();
      return "no connection to %s (%s); check host and port, and whether it runs"
          .formatted(server, why == null ? "refused" : why);
    }
    SSLException tls = find(failure, SSLException.class);
    if (tls != null) {
      return "no TLS connection to %s (%s)".formatted(server, tls.getMessage());
    }
    Throwable last = innermost(failure);
    if (String.valueOf(last.getMessage()).startsWith("too many authentication attempts")) {
      // So Java's HTTP client calls a proxy that refuses a password.
      return "no connection to %s (refused); check user and pass of proxy_info".formatted(server);
    }
    return "the connection to %s was lost (%s)"
        .formatted(server, last.getMessage() == null ? last : last.getMessage());
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
