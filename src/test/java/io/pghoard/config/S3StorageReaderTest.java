// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.config.S3Storage.S3Keys;
import io.pghoard.config.S3Storage.S3Server;
import io.pghoard.config.S3Storage.S3Writing;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an object_storage of type s3 is read into. */
final class S3StorageReaderTest {
  private static final RemoteAccess ACCESS =
      new RemoteAccess(
          Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(300), null);

  private final Path directory;

  S3StorageReaderTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void amazon_needsBucketAndRegionOnly() throws Exception {
    assertThat(read("{'storage_type': 's3', 'bucket_name': 'b-1', 'region': 'eu-west-1'}"))
        .isEqualTo(
            new S3Storage(
                "b-1",
                "",
                new S3Server("eu-west-1", null, 443, true, false, false, true, null, null),
                new S3Writing(8 << 20, null, null, null),
                ACCESS));
  }

  @Test
  void otherServer_hasItsHostAndPathStyle() throws Exception {
    assertThat(read("{'s3': {'bucket_name': 'b-1', 'host': 'ceph'}}"))
        .isEqualTo(
            new S3Storage(
                "b-1",
                "",
                new S3Server("us-east-1", "ceph", 80, false, true, false, true, null, null),
                new S3Writing(8 << 20, null, null, null),
                ACCESS));
  }

  @Test
  void everyKey_isRead() throws Exception {
    String json =
        """
        {'storage_type': 's3', 'bucket_name': 'b-1', 'prefix': '/p/q/', 'region': 'r', 'host': '::1',
         'port': 8443, 'is_secure': true, 'is_verify_tls': false, 'cert_path': '/ca.pem',
         'addressing_style': 'virtual', 'use_dualstack_endpoint': true, 'segment_size': 5242880,
         'storage_class': 'STANDARD_IA', 'server_side_encryption': 'aws:kms', 'sse_kms_key_id': 'k',
         'aws_access_key_id': 'i', 'aws_secret_access_key': 's', 'aws_session_token': 't',
         'connect_timeout': 1, 'read_timeout': 2, 'call_timeout': 3,
         'proxy_info': {'type': 'http', 'host': 'h', 'port': 4, 'user': 'u', 'pass': 'w'}}
        """;

    assertThat(read(json.replace("\n", "")))
        .isEqualTo(
            new S3Storage(
                "b-1",
                "p/q",
                new S3Server(
                    "r",
                    "::1",
                    8443,
                    true,
                    false,
                    true,
                    false,
                    Path.of("/ca.pem"),
                    new S3Keys("i", "s", "t")),
                new S3Writing(5 << 20, "STANDARD_IA", "aws:kms", "k"),
                new RemoteAccess(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(3),
                    new ProxyConfig(ProxyConfig.Type.HTTP, "h", 4, "u", "w"))));
  }

  @Test
  void encrypted_isPythonsWordForAes() throws Exception {
    assertThat(
            read("{'s3': {'bucket_name': 'b-1', 'host': 'h', 'encrypted': true}}")
                .writing()
                .encryption())
        .isEqualTo("AES256");
  }

  @Test
  void secrets_areNeverShown() throws Exception {
    String json =
        "{'s3': {'bucket_name': 'b-1', 'host': 'h', 'aws_access_key_id': 'i',"
            + " 'aws_secret_access_key': 'secret-1', 'aws_session_token': 'secret-2',"
            + " 'proxy_info': {'host': 'h', 'port': 1, 'user': 'u', 'pass': 'secret-3'}}}";

    assertThat(read(json).toString()).contains("b-1").doesNotContain("secret-");
  }

  private S3Storage read(String json) throws Exception {
    StorageConfig storage =
        ConfigText.valid().site("object_storage", json).readSite(directory).storage();
    return (S3Storage) storage;
  }
}
