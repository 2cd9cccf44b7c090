// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.config.S3Storage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What to do about an answer by which S3 refused something. */
record S3Remedy(S3Storage storage) {
  private static final Map<String, String> BY_CODE =
      Map.ofEntries(
          Map.entry(
              "RequestTimeTooSkewed",
              "the clocks of this machine and of the store differ too much: set the wrong one"),
          Map.entry("InvalidAccessKeyId", "check aws_access_key_id"),
          Map.entry("SignatureDoesNotMatch", "check aws_secret_access_key"),
          Map.entry("InvalidToken", "check aws_session_token"),
          Map.entry("ExpiredToken", "the session token is too old: set a new one"),
          Map.entry(
              "UserSuspended", "have the store's user enabled (Ceph: radosgw-admin user enable)"),
          Map.entry("NoSuchBucket", "create the bucket, or check bucket_name"),
          Map.entry("InvalidBucketName", "check bucket_name"),
          Map.entry("PermanentRedirect", "the bucket is in another region: check region"),
          Map.entry("AuthorizationHeaderMalformed", "check region"),
          Map.entry("IllegalLocationConstraintException", "check region"),
          Map.entry(
              "InvalidObjectState",
              "the object is in an archive class: have S3 restore it first, and keep backups out of"
                  + " archive classes"),
          Map.entry("InvalidStorageClass", "check storage_class"),
          Map.entry("QuotaExceeded", "raise the quota, or keep fewer base backups"),
          Map.entry("AccessDenied", "docs/operations.md shows the bucket policy that is needed"));

  /**
   * The remedy, as the end of a message.
   *
   * @param deed what was refused: "put site/xlog/..."
   * @return "" where nothing is known to help
   */
  String of(String deed, int status, String code) {
    String remedy = BY_CODE.get(code);
    if (remedy == null && status == 400 && deed.startsWith("put ")) {
      remedy = ofWriting();
    }
    if (remedy == null) {
      remedy = ofStatus(status);
    }
    return remedy == null ? "" : "; " + remedy;
  }

  /** Ceph refuses what it cannot do for an object without a word of what that is. */
  private @Nullable String ofWriting() {
    String encryption = storage.writing().encryption();
    if (encryption != null && !storage.server().secure()) {
      return "some servers encrypt only over https: set is_secure, or remove encrypted and server_side_encryption";
    }
    String storageClass = storage.writing().storageClass();
    if (storageClass != null) {
      return "check whether the server has the storage_class " + storageClass;
    }
    return encryption == null ? null : "check server_side_encryption";
  }

  private static @Nullable String ofStatus(int status) {
    return switch (status) {
      case 301, 307 -> BY_CODE.get("PermanentRedirect");
      case 401, 403 ->
          "check the keys and their permissions: docs/operations.md shows the policy that is needed";
      case 404 -> "check bucket_name, host and addressing_style";
      case 407 -> "check user and pass of proxy_info";
      case 501 -> "this server does not support it";
      default -> null;
    };
  }
}
