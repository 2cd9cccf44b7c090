// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.config.AzureStorage.AzureKey;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AzureStorageReaderTest {
  private final Path directory;

  AzureStorageReaderTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private AzureStorage read(String keys) throws Exception {
    String json = "{'storage_type': 'azure', 'account_name': 'acme1', " + keys + "}";
    return (AzureStorage)
        ConfigText.valid().site("object_storage", json).readSite(directory).storage();
  }

  @Test
  void storage_hasItsDefaults() throws Exception {
    assertThat(read("'account_key': 'a2V5', 'bucket_name': 'backups'"))
        .isEqualTo(
            new AzureStorage(
                "acme1",
                URI.create("https://acme1.blob.core.windows.net"),
                new AzureKey(false, "a2V5"),
                "backups",
                "",
                null,
                new RemoteAccess(
                    Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(5), null)));
  }

  @Test
  void everyKey_isRead() throws Exception {
    AzureStorage storage =
        read(
            "'sas_token': '?sv=1&sig=x', 'container_name': 'old-name', 'prefix': '/a/b/', 'host':"
                + " '::1', 'port': 10000, 'is_secure': false, 'storage_class': 'Cool',"
                + " 'connect_timeout': 1, 'read_timeout': 2, 'call_timeout': 3, 'proxy_info':"
                + " {'host': 'p', 'port': 3128, 'user': 'u', 'pass': 'secret'}");

    assertThat(storage)
        .isEqualTo(
            new AzureStorage(
                "acme1",
                URI.create("http://[::1]:10000/acme1"),
                new AzureKey(true, "sv=1&sig=x"),
                "old-name",
                "a/b",
                "Cool",
                new RemoteAccess(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(3),
                    new ProxyConfig(ProxyConfig.Type.HTTP, "p", 3128, "u", "secret"))));
    assertThat(storage.toString()).doesNotContain("sig=x", "secret");
  }

  @Test
  void otherClouds_haveTheirOwnNames() throws Exception {
    assertThat(
            read("'account_key': 'a2V5', 'bucket_name': 'abc', 'azure_cloud': 'china'").endpoint())
        .isEqualTo(URI.create("https://acme1.blob.core.chinacloudapi.cn"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'bucket_name': 'abc' | account_key: the key is missing",
        "'account_key': 'a2V5' | bucket_name",
        "'account_key': 'a2V5', 'sas_token': 'x', 'bucket_name': 'abc' | remove one of them",
        "'account_key': '%', 'bucket_name': 'abc' | it is not in base64",
        "'account_key': 'a2V5', 'bucket_name': 'A_b' | not a valid name in Azure",
        "'account_key': 'a2V5', 'bucket_name': 'abc', 'port': 1 | Azure itself has no other",
        "'account_key': 'a2V5', 'bucket_name': 'abc', 'storage_class': 'Archive' | not one of Hot",
        "'account_key': 'a2V5', 'bucket_name': 'abc', 'call_timeout': 0 | call_timeout",
        "'account_key': 'a2V5', 'bucket_name': 'abc', 'proxy_info': {'type': 'socks5', 'host':"
            + " 'h', 'port': 1} | does not support socks5 proxies",
      })
  void mistake_isNamed(String keys, String message) {
    assertThatThrownBy(() -> read(keys))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }
}
