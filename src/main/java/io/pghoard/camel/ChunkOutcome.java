// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.backup.ChunkCutter;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.jspecify.annotations.Nullable;

/**
 * Looks at each chunk that has gone through {@code base-backup-chunk-store}: one that came back
 * with neither success nor failure reported, as after an operator's edit of that route, has failed.
 */
public final class ChunkOutcome implements AggregationStrategy {
  @Override
  public @Nullable Exchange aggregate(@Nullable Exchange before, Exchange done) {
    ChunkCutter chunks = done.getVariable("chunks", ChunkCutter.class);
    int number = done.getProperty(ExchangePropertyKey.SPLIT_INDEX, Integer.class) + 1;
    Throwable failure = done.getException();
    chunks.failed(
        number,
        failure == null
            ? new IllegalStateException("the route base-backup-chunk-store did not store it")
            : failure);
    return before;
  }
}
