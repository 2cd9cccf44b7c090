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
          "the client for s3 cannot speak to a socks5 proxy",
          "name a proxy of type http");
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
          "\"" + bucket + "\" is no name of a bucket",
          "write letters, digits, dots, dashes and underscores, at least 3");
    }
    return bucket;
  }

  private S3Server server() {
    String host = host();
    boolean secure = storage.truth("is_secure", host == null);
    if (host == null && !secure) {
      storage.wrong("is_secure", "Amazon S3 is reached by https only", "take it away");
    }
    Long port = storage.whole("port", new Range(1, 65_535));
    if (host == null && port != null) {
      storage.wrong("port", "there is no host beside it", "set host, or take the port away");
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
          "write the name alone; is_secure chooses https, port the port");
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
            "there is no aws_access_key_id beside it",
            "set both keys, or take all three away for those that the AWS SDK finds by itself");
      }
      return null;
    }
    if (id == null || secret == null) {
      storage.missing(
          id == null ? "aws_access_key_id" : "aws_secret_access_key",
          "set both keys, or take both away for those that the AWS SDK finds by itself");
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
          "take encrypted away");
    }
    return encryption;
  }

  private @Nullable String kmsKey() {
    String key = storage.text("sse_kms_key_id");
    if (key != null && !Objects.equals(storage.text("server_side_encryption"), "aws:kms")) {
      storage.wrong(
          "sse_kms_key_id",
          "it is of use with server_side_encryption aws:kms only",
          "set server_side_encryption to \"aws:kms\", or take the key away");
    }
    return key;
  }

  private String word(String key, String text) {
    if (!WORD.matcher(text).matches()) {
      storage.wrong(
          key, "\"" + text + "\" is no such name", "write letters, digits, dashes, underscores");
    }
    return text;
  }
}
