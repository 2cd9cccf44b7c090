// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pghoard.config.GoogleStorage.GoogleKey;
import io.pghoard.config.GoogleStorage.GoogleWriting;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoogleStorageReaderTest {
  private static final String CREDENTIALS =
      "{'type': 'service_account', 'client_id': '1', 'client_email': 'e', 'private_key_id': 'i',"
          + " 'private_key': 'secret\\nkey', 'n': [1.5, true, null]}";

  private final Path directory;

  GoogleStorageReaderTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private GoogleStorage read(String keys) throws Exception {
    return of("{'storage_type': 'google', " + keys + "}");
  }

  private GoogleStorage of(String json) throws Exception {
    return (GoogleStorage)
        ConfigText.valid().site("object_storage", json).readSite(directory).storage();
  }

  @Test
  void storage_hasItsDefaults() throws Exception {
    assertThat(read("'project_id': 'acme-1', 'bucket_name': 'backups'"))
        .isEqualTo(
            new GoogleStorage(
                "acme-1",
                "backups",
                "",
                null,
                new GoogleKey(null, null),
                new GoogleWriting(null, null),
                new RemoteAccess(
                    Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(5), null)));
  }

  @Test
  void shapeOf2015_isRead() throws Exception {
    GoogleStorage storage =
        of(
            "{'google': {'project_id': 'acme-1', 'bucket_name': 'backups', 'credential_file':"
                + " '/etc/google.json'}}");

    assertThat(storage.key()).isEqualTo(new GoogleKey(Path.of("/etc/google.json"), null));
  }

  @Test
  void everyKey_isRead() throws Exception {
    GoogleStorage storage =
        read(
            "'project_id': 'example.com:acme-1', 'bucket_name': 'backups.example.com', 'prefix':"
                + " '/a/b/', 'host': 'localhost', 'port': 4443, 'is_secure': false,"
                + " 'storage_class': 'NEARLINE', 'kms_key_name':"
                + " 'projects/p/locations/eu/keyRings/r/cryptoKeys/k', 'connect_timeout': 1,"
                + " 'read_timeout': 2, 'call_timeout': 3, 'proxy_info': {'host': 'p', 'port':"
                + " 3128}, 'credentials': "
                + CREDENTIALS);

    assertThat(storage)
        .isEqualTo(
            new GoogleStorage(
                "example.com:acme-1",
                "backups.example.com",
                "a/b",
                URI.create("http://localhost:4443"),
                storage.key(),
                new GoogleWriting("NEARLINE", "projects/p/locations/eu/keyRings/r/cryptoKeys/k"),
                new RemoteAccess(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(3),
                    new ProxyConfig(ProxyConfig.Type.HTTP, "p", 3128, null, null))));
    JsonNode expected = new ObjectMapper().readTree(CREDENTIALS.replace('\'', '"'));
    assertThat(new ObjectMapper().readTree(storage.key().json())).isEqualTo(expected);
    assertThat(storage.toString()).doesNotContain("secret");
  }

  @Test
  void credentialFile_mustBeThereWhenADaemonStarts() throws Exception {
    Files.createDirectory(directory.resolve("data"));
    PghoardConfig config =
        ConfigText.valid()
            .site(
                "object_storage",
                "{'storage_type': 'google', 'project_id': 'acme-1', 'bucket_name': 'backups',"
                    + " 'credential_file': '/nowhere.json'}")
            .read(directory);

    assertThat(MachineCheck.problems(config))
        .extracting(Problem::toString)
        .anyMatch(
            problem ->
                problem.startsWith(
                    "$.backup_sites.main.object_storage.credential_file: /nowhere.json is not"
                        + " there"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'bucket_name': 'abc' | project_id: the key is missing",
        "'project_id': 'acme-1' | bucket_name: the key is missing",
        "'project_id': 'Acme 1', 'bucket_name': 'abc' | not a valid name at Google",
        "'project_id': 'acme-1', 'bucket_name': 'Abc' | not a valid name at Google",
        "'project_id': 'acme-1', 'bucket_name': 'abc', 'port': 1 | Google itself has no other",
        "'project_id': 'acme-1', 'bucket_name': 'abc', 'host': 'a/b' | write only the name",
        "'project_id': 'acme-1', 'bucket_name': 'abc', 'storage_class': 'Cold' | not one of STANDARD",
        "'project_id': 'acme-1', 'bucket_name': 'abc', 'kms_key_name': 'k' | write projects/P",
        "'project_id': 'acme-1', 'bucket_name': 'abc', 'credential_file': 'k' | absolute path",
        "'project_id': 'acme-1', 'bucket_name': 'abc', 'credentials': 'k' | write an object",
        "'project_id': 'acme-1', 'bucket_name': 'abc', 'credentials': {} | it has no type",
        "'project_id': 'acme-1', 'bucket_name': 'abc', 'credentials': {'type': 'password'} | not one"
            + " of service_account",
        "'project_id': 'acme-1', 'bucket_name': 'abc', 'credentials': {'type': 'service_account',"
            + " 'client_id': '1', 'client_email': 'e', 'private_key_id': 'i'} | no private_key",
        "'project_id': 'acme-1', 'bucket_name': 'abc', 'credential_file': '/k', 'credentials':"
            + " {'type': 'authorized_user'} | remove one of them",
        "'project_id': 'acme-1', 'bucket_name': 'abc', 'bucket_nam': 'x' | nearest known key",
        "'project_id': 'acme-1', 'bucket_name': 'abc', 'proxy_info': {'type': 'socks5', 'host':"
            + " 'h', 'port': 1} | does not support socks5 proxies",
      })
  void mistake_isNamed(String keys, String message) {
    assertThatThrownBy(() -> read(keys))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }
}
