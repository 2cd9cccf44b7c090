// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.config.SftpStorage.HostKeyRule;
import io.pghoard.config.SftpStorage.Login;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SftpStorageReaderTest {
  private static final String HOST_KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5dHrBrmGSq1a1nqmCb4QZ5cWAOkBqvhyx0wZb6uMgC";

  private final Path directory;

  SftpStorageReaderTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private SftpStorage read(String keys) throws Exception {
    String json = "{'storage_type': 'sftp', 'server': 'backup.example', " + keys + "}";
    return (SftpStorage)
        ConfigText.valid().site("object_storage", json).readSite(directory).storage();
  }

  private SftpStorage withPlace(String keys) throws Exception {
    return read("'username': 'u', 'password': 'p', 'host_key': '" + HOST_KEY + "'" + keys);
  }

  @Test
  void storage_hasItsDefaults() throws Exception {
    assertThat(withPlace(""))
        .isEqualTo(
            new SftpStorage(
                "backup.example",
                22,
                new Login("u", "p", null),
                new HostKeyRule(HOST_KEY, null),
                "",
                "",
                new RemoteAccess(
                    Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(5), null)));
  }

  @Test
  void everyKey_isRead() throws Exception {
    SftpStorage storage =
        read(
            "'port': 2222, 'username': 'u', 'password': 'secret', 'private_key': '/etc/key',"
                + " 'known_hosts': '/etc/known', 'is_verify_host_key': true, 'directory':"
                + " '/srv/x/', 'prefix': 'a/b', 'connect_timeout': 1, 'read_timeout': 2,"
                + " 'call_timeout': 3");

    assertThat(storage)
        .isEqualTo(
            new SftpStorage(
                "backup.example",
                2222,
                new Login("u", "secret", "/etc/key"),
                new HostKeyRule(null, Path.of("/etc/known")),
                "/srv/x",
                "a/b",
                new RemoteAccess(
                    Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3), null)));
    assertThat(storage.root()).isEqualTo("/srv/x/a/b");
    assertThat(storage.login().keyFile()).isEqualTo(Path.of("/etc/key"));
    assertThat(storage.toString()).doesNotContain("secret");
  }

  @Test
  void keyItself_mayStandInTheFile() throws Exception {
    String pem = "-----BEGIN OPENSSH PRIVATE KEY-----\\nb3BlbnNz\\n-----END";
    SftpStorage storage =
        read("'username': 'u', 'is_verify_host_key': false, 'private_key': '%s'".formatted(pem));

    assertThat(storage.login().keyFile()).isNull();
    assertThat(storage.login().privateKey()).contains("\nb3BlbnNz\n");
    assertThat(storage.hostKey()).isEqualTo(new HostKeyRule(null, null));
    assertThat(storage.toString()).doesNotContain("b3BlbnNz");
  }

  @Test
  void absolutePrefix_startsAtTheServersRoot() throws Exception {
    assertThat(withPlace(", 'prefix': '/srv/pghoard/'").root()).isEqualTo("/srv/pghoard");
    assertThat(withPlace(", 'prefix': 'pghoard'").root()).isEqualTo("pghoard");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'host_key': 'K', 'password': 'p' | username: the key is missing",
        "'username': 'u', 'host_key': 'K' | private_key: the key is missing",
        "'username': 'u', 'password': 'p' | as \"ssh-keyscan -p 22 backup.example\" prints it",
        "'username': 'u', 'password': 'p', 'host_key': 'K', 'known_hosts': '/k' | remove one of the",
        "'username': 'u', 'password': 'p', 'known_hosts': 'k' | is not an absolute path",
        "'username': 'u', 'password': 'p', 'host_key': 'K', 'is_verify_host_key': false | so that"
            + " the key is compared",
        "'username': 'u', 'password': 'p', 'host_key': 'MD5:aa' | neither a public key nor",
        "'username': 'u', 'private_key': 'b3BlbnNz', 'host_key': 'K' | neither a key in PEM nor",
        "'username': 'u', 'private_key': '-----BEGIN PUBLIC KEY-----', 'host_key': 'K' | not a private"
            + " key",
        "'username': 'u', 'private_key': '-----BEGIN ENCRYPTED PRIVATE KEY-----', 'host_key': 'K'"
            + " | ssh-keygen -p",
        "'username': 'u', 'password': 'p', 'host_key': 'K', 'directory': '/d', 'prefix': '/p' |"
            + " without the slash in front",
        "'username': 'u', 'password': 'p', 'host_key': 'K', 'directory': '' | not a valid directory name",
        "'username': 'u', 'password': 'p', 'host_key': 'K', 'port': 0 | from 1 to 65535",
        "'username': 'u', 'password': 'p', 'host_key': 'K', 'proxy_info': {'host': 'h', 'port': 1}"
            + " | does not support a proxy",
        "'username': 'u', 'password': 'p', 'host_key': 'K', 'serve': 's' | known key is server",
      })
  void mistake_isNamed(String keys, String message) {
    assertThatThrownBy(() -> read(keys.replace("'K'", "'" + HOST_KEY + "'")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("b3BlbnNz");
  }

  @Test
  void server_isANameAlone() {
    String json =
        "{'storage_type': 'sftp', 'server': 'sftp://h', 'username': 'u', 'password': 'p'}";
    assertThatThrownBy(() -> ConfigText.valid().site("object_storage", json).readSite(directory))
        .hasMessageContaining("neither a host name nor an address");
  }
}
