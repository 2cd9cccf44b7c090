// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.GoogleStorage.GoogleWriting;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads an {@code object_storage} of type {@code google}. */
record GoogleStorageReader(Section storage) {
  private static final Pattern PROJECT =
      Pattern.compile("([a-z0-9.-]+:)?[a-z0-9][a-z0-9-]{1,61}[a-z0-9]");
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]");
  private static final Pattern KMS_KEY =
      Pattern.compile("projects/[^/ ]+/locations/[^/ ]+/keyRings/[^/ ]+/cryptoKeys/[^/ ]+");

  GoogleStorage read() {
    RemoteAccess access = new RemoteAccessReader(storage).read();
    if (access.proxy() != null && access.proxy().type() == ProxyConfig.Type.SOCKS5) {
      storage.wrong(
          "proxy_info",
          "the client for google does not support socks5 proxies",
          "use a proxy of type http");
    }
    return new GoogleStorage(
        name("project_id", "set it to the id of the bucket's project", PROJECT),
        name("bucket_name", "set it to the name of the bucket", BUCKET),
        new PrefixReader(storage).read(""),
        new EndpointReader(storage, "Google").read(),
        new GoogleKeyReader(storage).read(),
        new GoogleWriting(storageClass(), kmsKey()),
        access);
  }

  private String name(String key, String remedy, Pattern pattern) {
    if (!storage.isSet(key)) {
      storage.missing(key, remedy);
      return "missing";
    }
    String name = storage.text(key, "");
    if (!pattern.matcher(name).matches()) {
      storage.wrong(
          key,
          "\"" + name + "\" is not a valid name at Google",
          "write lower case letters, digits and dashes");
      return "missing";
    }
    return name;
  }

  private @Nullable String storageClass() {
    if (!storage.isSet("storage_class")) {
      return null;
    }
    return storage.choice(
        "storage_class", "STANDARD", List.of("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"));
  }

  private @Nullable String kmsKey() {
    String key = storage.text("kms_key_name");
    if (key != null && !KMS_KEY.matcher(key).matches()) {
      storage.wrong(
          "kms_key_name",
          "\"" + key + "\" is not the full name of a key in Cloud KMS",
          "write projects/P/locations/L/keyRings/R/cryptoKeys/K");
    }
    return key;
  }
}
