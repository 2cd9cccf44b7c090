// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.AzureStorage.AzureKey;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads an {@code object_storage} of type {@code azure}. */
record AzureStorageReader(Section storage) {
  private static final Pattern ACCOUNT = Pattern.compile("[a-z0-9]{3,24}");
  private static final Pattern CONTAINER = Pattern.compile("[a-z0-9](-?[a-z0-9]){2,62}");

  /** The clouds by their names in the Python pghoard. */
  private static final Map<String, String> DOMAINS =
      Map.of(
          "public", "core.windows.net",
          "china", "core.chinacloudapi.cn",
          "germany", "core.cloudapi.de",
          "usgov", "core.usgovcloudapi.net");

  AzureStorage read() {
    RemoteAccess access = new RemoteAccessReader(storage).read();
    if (access.proxy() != null && access.proxy().type() == ProxyConfig.Type.SOCKS5) {
      storage.wrong(
          "proxy_info",
          "the client for azure does not support socks5 proxies",
          "use a proxy of type http");
    }
    String account = account();
    return new AzureStorage(
        account,
        endpoint(account),
        key(),
        container(),
        new PrefixReader(storage).read(""),
        tier(),
        access);
  }

  private String account() {
    return name("account_name", "set it to the name of the storage account", ACCOUNT);
  }

  /** Its name of 2015 was container_name. */
  private String container() {
    String key = storage.isSet("container_name") ? "container_name" : "bucket_name";
    if (storage.isSet("container_name") && storage.isSet("bucket_name")) {
      storage.wrong("container_name", "it means the same as bucket_name", "remove one of them");
    }
    return name(key, "set it to the name of the container", CONTAINER);
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
          "\"" + name + "\" is not a valid name in Azure",
          "write lower case letters and digits");
      return "missing";
    }
    return name;
  }

  private AzureKey key() {
    String accountKey = storage.text("account_key");
    String sas = storage.text("sas_token");
    if (accountKey != null && sas != null) {
      storage.wrong("sas_token", "account_key is set as well", "remove one of them");
    }
    if (accountKey == null && sas == null) {
      storage.missing("account_key", "set it, or sas_token, from the account's page in Azure");
    }
    if (accountKey != null && !isBase64(accountKey)) {
      storage.wrong("account_key", "it is not in base64", "copy the whole key");
    }
    if (sas != null) {
      return new AzureKey(true, sas.startsWith("?") ? sas.substring(1) : sas);
    }
    return new AzureKey(false, accountKey == null ? "" : accountKey);
  }

  private static boolean isBase64(String text) {
    try {
      return Base64.getDecoder().decode(text).length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private URI endpoint(String account) {
    String cloud = storage.choice("azure_cloud", "public", List.copyOf(DOMAINS.keySet()));
    URI other = new EndpointReader(storage, "Azure").read();
    return other == null
        ? URI.create("https://%s.blob.%s".formatted(account, DOMAINS.get(cloud)))
        : URI.create(other + "/" + account);
  }

  private @Nullable String tier() {
    if (!storage.isSet("storage_class")) {
      return null;
    }
    // What is in the archive tier cannot be read before it was brought back, for hours.
    return storage.choice("storage_class", "Hot", List.of("Hot", "Cool", "Cold"));
  }
}
