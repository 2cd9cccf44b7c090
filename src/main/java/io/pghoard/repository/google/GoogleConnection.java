// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.api.client.http.HttpRequestInitializer;
import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.apache.v2.ApacheHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.storage.Storage;
import com.google.auth.Credentials;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.auth.oauth2.ServiceAccountCredentials;
import com.google.cloud.NoCredentials;
import com.google.cloud.ServiceOptions;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.StorageOptions;
import io.pghoard.config.GoogleStorage;
import io.pghoard.config.GoogleStorage.GoogleKey;
import io.pghoard.repository.PermanentStorageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;

/**
 * What speaks to one site's bucket. Nothing here tries again: the storage routes do.
 *
 * @param client for Camel's component
 * @param api the client under it, which is for what the component does not do
 */
public record GoogleConnection(com.google.cloud.storage.Storage client, Storage api) {
  private static final String GOOGLE = "https://storage.googleapis.com";

  /** All that pghoard does with objects. */
  private static final String SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";

  /**
   * Makes the clients; it opens no connection, unless credentials have to be found.
   *
   * @throws PermanentStorageException when there are no credentials that can be used
   */
  public static GoogleConnection open(GoogleStorage storage) throws IOException {
    HttpTransport transport = new ApacheHttpTransport(new GoogleHttp(storage.access()).client());
    HttpTransportOptions http =
        HttpTransportOptions.newBuilder()
            .setHttpTransportFactory(() -> transport)
            .setConnectTimeout(Math.toIntExact(storage.access().connectTimeout().toMillis()))
            .setReadTimeout(Math.toIntExact(storage.access().readTimeout().toMillis()))
            .build();
    String server = storage.endpoint() == null ? GOOGLE : storage.endpoint().toString();
    StorageOptions options =
        StorageOptions.http()
            .setProjectId(storage.project())
            .setHost(server)
            .setCredentials(credentials(storage, transport))
            .setTransportOptions(http)
            .setRetrySettings(ServiceOptions.getNoRetrySettings())
            .build();
    Storage api =
        new Storage.Builder(transport, GsonFactory.getDefaultInstance(), once(http, options))
            .setRootUrl(server + "/")
            .setApplicationName("pghoard")
            .build();
    return new GoogleConnection(options.getService(), api);
  }

  /** Ends its connections; nothing may be in flight. */
  public void close() throws IOException {
    api.getRequestFactory().getTransport().shutdown();
  }

  /** Only a token that is not taken any more is worth a second request: with a new one. */
  private static HttpRequestInitializer once(HttpTransportOptions http, StorageOptions options) {
    HttpRequestInitializer initializer = http.getHttpRequestInitializer(options);
    return request -> {
      initializer.initialize(request);
      request.setNumberOfRetries(1);
    };
  }

  private static Credentials credentials(GoogleStorage storage, HttpTransport transport)
      throws IOException {
    GoogleKey key = storage.key();
    if (key.file() == null && key.json() == null) {
      return storage.endpoint() == null ? found(transport) : NoCredentials.getInstance();
    }
    try (InputStream json =
        key.file() != null
            ? Files.newInputStream(key.file())
            : new ByteArrayInputStream(String.valueOf(key.json()).getBytes(UTF_8))) {
      GoogleCredentials credentials = GoogleCredentials.fromStream(json, () -> transport);
      if (credentials instanceof ServiceAccountCredentials account) {
        credentials = account.createWithCustomRetryStrategy(false);
      }
      return credentials.createScoped(SCOPE);
    } catch (IOException | RuntimeException e) {
      // Without the cause: a parser's message may show a piece of the key.
      throw new PermanentStorageException(
          "cannot use %s: %s; set it to the JSON file that Google provided for a service account"
              .formatted(
                  key.file() == null
                      ? "object_storage.credentials"
                      : "credential_file " + key.file(),
                  told(e)));
    }
  }

  private static String told(Exception failure) {
    if (failure instanceof java.nio.file.NoSuchFileException) {
      return "it is not there";
    }
    if (failure instanceof java.nio.file.AccessDeniedException) {
      return "it cannot be read";
    }
    return "it holds no credentials that Google's library can read";
  }

  private static Credentials found(HttpTransport transport) throws IOException {
    try {
      return GoogleCredentials.getApplicationDefault(() -> transport).createScoped(SCOPE);
    } catch (IOException e) {
      throw new PermanentStorageException(
          "there are no credentials for Google: set credential_file or credentials, or give the"
              + " machine a service account, or the process GOOGLE_APPLICATION_CREDENTIALS",
          e);
    }
  }
}
