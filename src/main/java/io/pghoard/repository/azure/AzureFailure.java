// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.azure;

import com.azure.storage.blob.models.BlobStorageException;
import io.pghoard.config.AzureStorage;
import io.pghoard.repository.NetworkFailure;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.PermanentStorageException;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells failures that stay from those that may pass, and what to do about them.
 *
 * <p>Source: <a
 * href="https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes">Blob service
 * error codes</a>.
 */
record AzureFailure(AzureStorage storage) {
  private static final Set<String> EXISTS =
      Set.of("BlobAlreadyExists", "ConditionNotMet", "BlobImmutableDueToPolicy");

  /**
   * Says what was being done when Azure, or the way to it, failed.
   *
   * @param deed what cannot be done, with its object: "put site/xlog/..."
   * @param key the one object that it is about, or null
   */
  IOException of(String deed, @Nullable ObjectKey key, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BlobStorageException answer) {
        return answered(deed, key, answer);
      }
      if (cause instanceof PermanentStorageException known) {
        return known;
      }
    }
    return NetworkFailure.of(deed, server(), failure);
  }

  private static IOException answered(
      String deed, @Nullable ObjectKey key, BlobStorageException answer) {
    String code = answer.getErrorCode() == null ? "" : answer.getErrorCode().toString();
    int status = answer.getStatusCode();
    if (key != null && (EXISTS.contains(code) || status == 412)) {
      return new ObjectExistsException(key);
    }
    boolean container = code.startsWith("Container");
    if (key != null && status == 404 && !container && !code.equals("ResourceNotFound")) {
      return new ObjectMissingException(key);
    }
    String message =
        "cannot %s: Azure answered %d %s%s".formatted(deed, status, code, remedy(status, code));
    // A container that is being deleted can be made again half a minute later.
    boolean passes =
        status >= 500 || status == 408 || status == 429 || code.equals("ContainerBeingDeleted");
    return passes
        ? new IOException(message, answer)
        : new PermanentStorageException(message, answer);
  }

  private static String remedy(int status, String code) {
    if (code.equals("ContainerNotFound")) {
      return "; create the container, or set bucket_name to an existing one";
    }
    if (code.equals("AuthorizationPermissionMismatch")
        || code.equals("AuthorizationServiceMismatch")
        || code.equals("AuthorizationResourceTypeMismatch")) {
      return "; the sas_token needs the permissions read, add, create, write, delete and list on blobs";
    }
    if (status == 401 || status == 403) {
      return "; check account_name and account_key or sas_token (which may have expired), and this machine's clock";
    }
    return status == 407 ? "; check user and pass of proxy_info" : "";
  }

  private String server() {
    return storage.access().to(storage.endpoint().getAuthority());
  }
}
