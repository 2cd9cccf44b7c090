// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.config.ProxyConfig;
import io.pghoard.config.RemoteAccess;
import io.pghoard.config.S3Storage;
import io.pghoard.config.S3Storage.S3Keys;
import io.pghoard.config.S3Storage.S3Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.apache.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.utils.AttributeMap;

/** Makes the client for one site's storage; it opens no connection yet. */
public record S3Connection(S3Storage storage) {
  /**
   * Makes a client.
   *
   * @throws IOException when the file with the authorities to trust cannot be read
   */
  public S3Client client() throws IOException {
    S3Server server = storage.server();
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(server.region()))
            .credentialsProvider(credentials(server.keys()))
            .forcePathStyle(server.pathStyle())
            .dualstackEnabled(server.dualStack())
            // Else Ceph 16 refuses every put, as the SDK sends trailers that it does not know.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(S3Configuration.builder().chunkedEncodingEnabled(false).build())
            .overrideConfiguration(overrides())
            // Stores that do not know the SDK's newer checksums refuse a batch delete without it.
            .addPlugin(LegacyMd5Plugin.create())
            .httpClient(http());
    if (server.host() != null) {
      builder.endpointOverride(endpoint(server.host()));
    }
    return builder.build();
  }

  private URI endpoint(String host) {
    S3Server server = storage.server();
    String name = host.contains(":") ? "[" + host + "]" : host;
    return URI.create(
        "%s://%s:%d".formatted(server.secure() ? "https" : "http", name, server.port()));
  }

  private static AwsCredentialsProvider credentials(@Nullable S3Keys keys) {
    if (keys == null) {
      return DefaultCredentialsProvider.builder().build();
    }
    AwsCredentials credentials =
        keys.sessionToken() == null
            ? AwsBasicCredentials.create(keys.id(), keys.secret())
            : AwsSessionCredentials.create(keys.id(), keys.secret(), keys.sessionToken());
    return StaticCredentialsProvider.create(credentials);
  }

  private ClientOverrideConfiguration overrides() {
    return ClientOverrideConfiguration.builder()
        .apiCallTimeout(storage.access().callTimeout())
        // The storage routes try again, and nobody else.
        .retryStrategy(AwsRetryStrategy.doNotRetry())
        .addExecutionInterceptor(new S3WriteOptions(storage.writing()))
        .build();
  }

  private SdkHttpClient http() throws IOException {
    RemoteAccess access = storage.access();
    ApacheHttpClient.Builder builder =
        ApacheHttpClient.builder()
            .connectionTimeout(access.connectTimeout())
            .connectionAcquisitionTimeout(access.connectTimeout())
            .socketTimeout(access.readTimeout())
            .proxyConfiguration(proxy(access.proxy()));
    Path certificates = storage.server().certificates();
    if (!storage.server().verifyTls()) {
      return builder.buildWithDefaults(
          AttributeMap.builder()
              .put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, true)
              .build());
    }
    if (certificates != null) {
      builder.tlsTrustManagersProvider(new TrustedAuthorities(certificates).read());
    }
    return builder.build();
  }

  /** What pghoard.json says is all: a proxy of the environment would be seen nowhere. */
  private static ProxyConfiguration proxy(@Nullable ProxyConfig proxy) {
    ProxyConfiguration.Builder builder =
        ProxyConfiguration.builder()
            .useSystemPropertyValues(false)
            .useEnvironmentVariableValues(false);
    if (proxy == null) {
      return builder.build();
    }
    String host = proxy.host().contains(":") ? "[" + proxy.host() + "]" : proxy.host();
    builder.endpoint(URI.create("http://%s:%d".formatted(host, proxy.port())));
    if (proxy.user() != null) {
      builder
          .username(proxy.user())
          .password(proxy.password() == null ? "" : proxy.password())
          .preemptiveBasicAuthenticationEnabled(true);
    }
    return builder.build();
  }
}
