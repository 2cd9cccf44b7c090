// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.alert.Alerts;
import io.pghoard.alert.BacklogAlert;
import io.pghoard.alert.Repetitions;
import io.pghoard.camel.http.HttpAnswer;
import io.pghoard.camel.http.HttpProblem;
import io.pghoard.camel.storage.AzureSteps;
import io.pghoard.camel.storage.CodecDataFormat;
import io.pghoard.camel.storage.GoogleSteps;
import io.pghoard.camel.storage.ObjectSteps;
import io.pghoard.camel.storage.RetryNotice;
import io.pghoard.camel.storage.S3Steps;
import io.pghoard.camel.storage.Stores;
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
    registry.bind("stores", new Stores(sites, context, clock), null, "close");
    registry.bind("objectSteps", new ObjectSteps());
    registry.bind("s3Steps", new S3Steps());
    registry.bind("azureSteps", new AzureSteps());
    registry.bind("googleSteps", new GoogleSteps());
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
        Compression.of(compression.algorithm(), compression.level(), compression.threads());
    registry().bind("compression", new CodecDataFormat(codec, compression.threads()));
  }
}
