// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.storage;

import io.pghoard.config.AzureStorage;
import io.pghoard.config.DaemonStorage;
import io.pghoard.config.GoogleStorage;
import io.pghoard.config.LocalStorage;
import io.pghoard.config.RoutedStorage;
import io.pghoard.config.S3Storage;
import io.pghoard.config.SftpStorage;
import io.pghoard.config.SiteName;
import io.pghoard.config.StorageConfig;
import io.pghoard.repository.FilePairStore;
import io.pghoard.repository.azure.AzureConnection;
import io.pghoard.repository.azure.AzureObjectStore;
import io.pghoard.repository.daemon.DaemonObjectStore;
import io.pghoard.repository.google.GoogleConnection;
import io.pghoard.repository.google.GoogleObjectStore;
import io.pghoard.repository.s3.PartMemory;
import io.pghoard.repository.s3.S3Connection;
import io.pghoard.repository.s3.S3Objects;
import io.pghoard.repository.sftp.SftpObjectStore;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import software.amazon.awssdk.services.s3.S3Client;

/** Opens a site's store, whatever its type: a type that is forgotten here does not compile. */
final class StoreOpener {
  private final CamelContext context;
  private final LocalRepositories local;
  private final PartMemory memory = PartMemory.ofThisProcess();
  private final AtomicInteger clients = new AtomicInteger();

  StoreOpener(CamelContext context, LocalRepositories local) {
    this.context = context;
    this.local = local;
  }

  OpenStore open(SiteName site, StorageConfig config) throws IOException {
    return switch (config.type()) {
      case LOCAL -> OpenStore.withoutClient(config, local.of((LocalStorage) config), () -> {});
      case S3 -> s3(site, (S3Storage) config);
      case AZURE -> azure(site, (AzureStorage) config);
      case GOOGLE -> google(site, (GoogleStorage) config);
      case SFTP -> sftp((SftpStorage) config);
      case ROUTED -> routed(site, (RoutedStorage) config);
      case DAEMON ->
          OpenStore.withoutClient(
              config, new DaemonObjectStore(site, (DaemonStorage) config), () -> {});
    };
  }

  private OpenStore s3(SiteName site, S3Storage config) throws IOException {
    S3Client client = new S3Connection(config).client();
    return new OpenStore(
        config, bind(site, config, client), new S3Objects(config, client, memory), client);
  }

  private OpenStore azure(SiteName site, AzureStorage config) {
    var client = new AzureConnection(config).client();
    // Nothing to close: Java's HTTP client ends with the last who knows it.
    return new OpenStore(
        config, bind(site, config, client), new AzureObjectStore(config, client), () -> {});
  }

  private OpenStore google(SiteName site, GoogleStorage config) throws IOException {
    GoogleConnection connection = GoogleConnection.open(config);
    return new OpenStore(
        config,
        bind(site, config, connection.client()),
        new GoogleObjectStore(config, connection.api()),
        connection::close);
  }

  private static OpenStore sftp(SftpStorage config) {
    SftpObjectStore store = new SftpObjectStore(config);
    return OpenStore.withoutClient(config, store, store);
  }

  private OpenStore routed(SiteName site, RoutedStorage config) {
    RoutedFiles files = new RoutedFiles(context, site, config);
    FilePairStore store =
        new FilePairStore(
            files,
            config.prefix(),
            context.getStreamCachingStrategy().getSpoolDirectory().toPath());
    return OpenStore.withoutClient(config, store, files);
  }

  /** A new name each time: Camel caches clients by name, and calls may still use the old one. */
  private String bind(SiteName site, StorageConfig config, Object client) {
    String bean = "%sClient-%s-%d".formatted(config.type(), site, clients.incrementAndGet());
    context.getRegistry().bind(bean, client);
    return bean;
  }
}
