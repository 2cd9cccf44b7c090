// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.http.ProxyOptions;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.pghoard.config.AzureStorage;
import io.pghoard.config.ProxyConfig;
import io.pghoard.config.RemoteAccess;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Makes the client for one site's storage; it opens no connection yet. */
public record AzureConnection(AzureStorage storage) {
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "azure-http");
            thread.setDaemon(true);
            return thread;
          });

  /** Makes a client. */
  public BlobServiceClient client() {
    BlobServiceClientBuilder builder =
        new BlobServiceClientBuilder()
            .endpoint(storage.endpoint().toString())
            .httpClient(http())
            // One try: the storage routes try again, and nobody else.
            .retryOptions(
                new RequestRetryOptions(
                    RetryPolicyType.FIXED,
                    1,
                    Math.toIntExact(storage.access().callTimeout().toSeconds()),
                    null,
                    null,
                    null));
    if (storage.key().sas()) {
      return builder.sasToken(storage.key().secret()).buildClient();
    }
    return builder
        .credential(new StorageSharedKeyCredential(storage.account(), storage.key().secret()))
        .buildClient();
  }

  private HttpClient http() {
    RemoteAccess access = storage.access();
    JdkHttpClientBuilder builder =
        new JdkHttpClientBuilder()
            .executor(THREADS)
            .connectionTimeout(access.connectTimeout())
            .readTimeout(access.readTimeout())
            .responseTimeout(access.readTimeout())
            .writeTimeout(access.readTimeout());
    ProxyConfig proxy = access.proxy();
    if (proxy != null) {
      ProxyOptions options =
          new ProxyOptions(
              ProxyOptions.Type.HTTP,
              InetSocketAddress.createUnresolved(proxy.host(), proxy.port()));
      if (proxy.user() != null && proxy.password() != null) {
        options.setCredentials(proxy.user(), proxy.password());
      }
      builder.proxy(options);
    }
    return builder.build();
  }
}
