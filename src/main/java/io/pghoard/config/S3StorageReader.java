// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.S3Storage.S3Keys;
import io.pghoard.config.S3Storage.S3Server;
import io.pghoard.config.S3Storage.S3Writing;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads an {@code object_storage} of type {@code s3}. */
record S3StorageReader(Section storage) {
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{2,254}");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|[0-9a-fA-F:]+");
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]+");

  /** From what S3 asks of a part to what a heap of 128 MiB can hold of them. */
  private static final Range PART = new Range(5 << 20, 64 << 20);

  private static final int PART_WHEN_MISSING = 8 << 20;

  S3Storage read() {
    RemoteAccess access = new RemoteAccessReader(storage).read();
    if (access.proxy() != null && access.proxy().type() == ProxyConfig.Type.SOCKS5) {
      storage.wrong(
          "proxy_info",
          "the client for s3 does not support socks5 proxies",
          "use a proxy of type http");
    }
    return new S3Storage(bucket(), new PrefixReader(storage).read(""), server(), writing(), access);
  }

  private String bucket() {
    if (!storage.isSet("bucket_name")) {
      storage.missing("bucket_name", "set it to the name of the bucket");
      return "";
    }
    String bucket = storage.text("bucket_name", "");
    if (!BUCKET.matcher(bucket).matches()) {
      storage.wrong(
          "bucket_name",
          "\"" + bucket + "\" is not a valid bucket name",
          "write letters, digits, dots, dashes and underscores, at least 3");
    }
    return bucket;
  }

  private S3Server server() {
    String host = host();
    boolean secure = storage.truth("is_secure", host == null);
    if (host == null && !secure) {
      storage.wrong("is_secure", "Amazon S3 is accessed over https only", "remove it");
    }
    Long port = storage.whole("port", new Range(1, 65_535));
    if (host == null && port != null) {
      storage.wrong("port", "host is not set", "set host, or remove the port");
    }
    int usualPort = secure ? 443 : 80;
    String style =
        storage.choice(
            "addressing_style", host == null ? "virtual" : "path", List.of("path", "virtual"));
    return new S3Server(
        region(host),
        host,
        port == null ? usualPort : Math.toIntExact(port),
        secure,
        style.equals("path"),
        storage.truth("use_dualstack_endpoint", false),
        storage.truth("is_verify_tls", true),
        storage.absolutePath("cert_path"),
        keys());
  }

  private @Nullable String host() {
    String host = storage.text("host");
    if (host != null && !HOST.matcher(host).matches()) {
      storage.wrong(
          "host",
          "\"" + host + "\" is neither a host name nor an address",
          "write only the name; is_secure chooses https, port the port");
    }
    return host;
  }

  private String region(@Nullable String host) {
    String region = storage.text("region");
    if (region == null || region.isEmpty()) {
      if (host == null) {
        storage.missing("region", "set it to the bucket's region, such as \"eu-west-1\"");
      }
      return "us-east-1";
    }
    return word("region", region);
  }

  private @Nullable S3Keys keys() {
    String id = storage.text("aws_access_key_id");
    String secret = storage.text("aws_secret_access_key");
    String token = storage.text("aws_session_token");
    if (id == null && secret == null) {
      if (token != null) {
        storage.wrong(
            "aws_session_token",
            "aws_access_key_id is not set",
            "set both keys, or remove all three to use those that the AWS SDK finds");
      }
      return null;
    }
    if (id == null || secret == null) {
      storage.missing(
          id == null ? "aws_access_key_id" : "aws_secret_access_key",
          "set both keys, or remove both to use those that the AWS SDK finds");
      return null;
    }
    return new S3Keys(id, secret, token);
  }

  private S3Writing writing() {
    String storageClass = storage.text("storage_class");
    return new S3Writing(
        storage.whole("segment_size", PART_WHEN_MISSING, PART),
        storageClass == null ? null : word("storage_class", storageClass),
        encryption(),
        kmsKey());
  }

  private @Nullable String encryption() {
    boolean encrypted = storage.truth("encrypted", false);
    if (!storage.isSet("server_side_encryption")) {
      return encrypted ? "AES256" : null;
    }
    String encryption =
        storage.choice("server_side_encryption", "AES256", List.of("AES256", "aws:kms"));
    if (encrypted && !encryption.equals("AES256")) {
      storage.wrong(
          "encrypted",
          "encrypted means server_side_encryption AES256, but that is " + encryption,
          "remove encrypted");
    }
    return encryption;
  }

  private @Nullable String kmsKey() {
    String key = storage.text("sse_kms_key_id");
    if (key != null && !Objects.equals(storage.text("server_side_encryption"), "aws:kms")) {
      storage.wrong(
          "sse_kms_key_id",
          "it only applies to server_side_encryption aws:kms",
          "set server_side_encryption to \"aws:kms\", or remove the key");
    }
    return key;
  }

  private String word(String key, String text) {
    if (!WORD.matcher(text).matches()) {
      storage.wrong(
          key,
          "\"" + text + "\" is not a valid name",
          "write letters, digits, dashes, underscores");
    }
    return text;
  }
}
