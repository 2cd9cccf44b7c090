// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.archive.HashWantedException;
import io.pghoard.archive.WalAbsentException;
import io.pghoard.archive.WalConflictException;
import io.pghoard.archive.WalGapException;
import io.pghoard.archive.WalRefusedException;
import io.pghoard.backup.BaseBackupNotNowException;
import io.pghoard.config.UnknownSiteException;
import io.pghoard.repository.ForeignClusterException;
import io.pghoard.repository.ObjectDamagedException;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.restore.RestoreRefusedException;
import io.pghoard.restore.TooManyRestoresException;
import io.pghoard.restore.UnknownBaseBackupException;
import io.pghoard.restore.UnknownRestoreException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.TypeConversionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the failure of a request into its answer: a status, and what is wrong as JSON. */
public final class HttpProblem {
  private static final Logger LOG = LoggerFactory.getLogger(HttpProblem.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  /** Replaces the message by the answer to the exception that the exchange has caught. */
  public void answer(Exchange exchange) throws JsonProcessingException {
    Throwable failure = rootOf(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
    String method = exchange.getMessage().getHeader(Exchange.HTTP_METHOD, "", String.class);
    String path = exchange.getMessage().getHeader(Exchange.HTTP_PATH, "", String.class);
    int status = status(failure);
    String message = failure.getMessage();
    String error = message == null ? failure.getClass().getSimpleName() : message;
    tell(exchange, method + " " + path + " answered " + status + ": " + error, failure);
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    if (failure instanceof TooManyRestoresException) {
      exchange.getMessage().setHeader("Retry-After", "60");
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("request", method + " " + path);
    answer.put("error", error);
    String remedy = remedy(failure);
    if (remedy != null) {
      answer.put("remedy", remedy);
    }
    if (failure instanceof WalAbsentException) {
      // What restore_command needs to tell the end of the archive from every other 404.
      answer.put("absent", true);
    }
    String missing = missing(failure);
    if (missing != null) {
      // What a restore from a daemon needs to tell this 404 from that of another server.
      answer.put("missing", missing);
    }
    exchange.getMessage().setBody(JSON.writeValueAsString(answer) + "\n");
  }

  /** The end of the archive is what a restore looks for, and asks for again and again. */
  private static void tell(Exchange exchange, String text, Throwable failure) {
    String site = exchange.getMessage().getHeader("site", String.class);
    // What a client wrote does not begin a line of its own.
    String line =
        CONTROL.matcher(site == null ? text : "Site " + site + ": " + text).replaceAll("?");
    if (status(failure) >= 500 || failure instanceof ObjectDamagedException) {
      LOG.warn("{}", line);
    } else if (failure instanceof WalAbsentException) {
      LOG.debug("{}", line);
    } else {
      LOG.info("{}", line);
    }
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while ((root instanceof TypeConversionException || root instanceof RuntimeCamelException)
        && root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static @Nullable String remedy(Throwable failure) {
    if (failure instanceof WalRefusedException refused) {
      return refused.remedy();
    }
    if (failure instanceof WalConflictException conflict) {
      return conflict.remedy();
    }
    if (failure instanceof ForeignClusterException foreign) {
      return foreign.remedy();
    }
    if (failure instanceof BaseBackupNotNowException later) {
      return later.remedy();
    }
    if (failure instanceof TooManyRestoresException many) {
      return many.remedy();
    }
    return failure instanceof WalGapException gap ? gap.remedy() : null;
  }

  private static @Nullable String missing(Throwable failure) {
    if (failure instanceof UnknownSiteException) {
      return "site";
    }
    return failure instanceof ObjectMissingException ? "object" : null;
  }

  private static int status(Throwable failure) {
    if (failure instanceof WalRefusedException refused) {
      return refused.isMissing() ? 404 : 412;
    }
    if (failure instanceof ForeignClusterException) {
      return 412;
    }
    if (failure instanceof HashWantedException) {
      return 428;
    }
    if (failure instanceof UnknownSiteException
        || failure instanceof UnknownRestoreException
        || failure instanceof UnknownBaseBackupException
        || failure instanceof ObjectMissingException
        || failure instanceof WalAbsentException) {
      return 404;
    }
    if (failure instanceof ObjectExistsException
        || failure instanceof RestoreRefusedException
        || failure instanceof ObjectDamagedException
        || failure instanceof WalConflictException
        || failure instanceof WalGapException
        || failure instanceof BaseBackupNotNowException
        || failure instanceof NotDirectoryException
        || failure instanceof FileAlreadyExistsException) {
      return 409;
    }
    if (failure instanceof IllegalArgumentException) {
      return 400;
    }
    return failure instanceof IOException ? 503 : 500;
  }
}
