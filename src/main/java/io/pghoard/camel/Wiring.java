// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.alert.Alerts;
import io.pghoard.alert.BacklogAlert;
import io.pghoard.alert.Repetitions;
import io.pghoard.camel.http.HttpAnswer;
import io.pghoard.camel.http.HttpProblem;
import io.pghoard.camel.storage.AzureDoor;
import io.pghoard.camel.storage.CodecDataFormat;
import io.pghoard.camel.storage.DaemonDoor;
import io.pghoard.camel.storage.GoogleDoor;
import io.pghoard.camel.storage.LocalDoor;
import io.pghoard.camel.storage.RetiredClients;
import io.pghoard.camel.storage.RetryNotice;
import io.pghoard.camel.storage.S3Door;
import io.pghoard.camel.storage.SftpDoor;
import io.pghoard.camel.storage.StorageChoice;
import io.pghoard.codec.Compression;
import io.pghoard.config.CompressionConfig;
import io.pghoard.config.Sites;
import io.pghoard.host.SteadyClock;
import io.pghoard.repository.Repositories;
import io.pghoard.retention.Retention;
import io.pghoard.state.LostThreads;
import io.pghoard.state.Transfers;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Registry;

/** The beans that the routes name. */
record Wiring(CamelContext context, Sites sites, Repositories repositories, Clock clock) {
  Registry registry() {
    return context.getRegistry();
  }

  /** A setting of application.properties, in milliseconds. */
  Duration duration(String property) {
    return Duration.ofMillis(
        Long.parseLong(context.resolvePropertyPlaceholders("{{" + property + "}}")));
  }

  void bind() {
    Registry registry = registry();
    Clock steady = new SteadyClock();
    registry.bind("sites", sites);
    registry.bind("repositories", repositories);
    registry.bind("storageChoice", new StorageChoice(sites));
    registry.bind("localDoor", new LocalDoor(sites));
    RetiredClients retired = new RetiredClients();
    registry.bind("retiredClients", retired);
    registry.bind("s3Door", new S3Door(sites, registry, clock, retired));
    registry.bind("azureDoor", new AzureDoor(sites, registry, retired));
    registry.bind("googleDoor", new GoogleDoor(sites, registry, retired));
    registry.bind("sftpDoor", new SftpDoor(sites, retired), null, "close");
    registry.bind("daemonDoor", new DaemonDoor(sites));
    registry.bind("httpProblem", new HttpProblem());
    registry.bind("httpAnswer", new HttpAnswer());
    LostThreads lostThreads = new LostThreads();
    registry.bind("lostThreads", lostThreads);
    registry.bind("retryNotice", new RetryNotice());
    registry.bind("repetitions", new Repetitions(steady));
    registry.bind("alerts", new Alerts(sites, clock, steady));
    registry.bind("transfers", new Transfers(sites, clock));
    registry.bind("backlogAlert", new BacklogAlert(sites, clock, steady));
    registry.bind("retention", new Retention(sites, repositories, clock));
    bindCompression(sites.config().compression());
    new RestoreWiring(this).bind();
    new BaseBackupWiring(this).bind();
    new ScrubWiring(this).bind();
    new WalWiring(this).bind();
    new RepositoryHttpWiring(this).bind();
    new WatchWiring(this).bind(lostThreads);
  }

  private void bindCompression(CompressionConfig compression) {
    Compression codec =
        Compression.named(
            compression.algorithm().name().toLowerCase(Locale.ROOT),
            compression.level(),
            compression.threads());
    registry().bind("compression", new CodecDataFormat(codec, compression.threads()));
  }
}
