// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.postgres.WalRecords;
import io.pghoard.postgres.WalSegmentScan;
import io.pghoard.repository.WalRecordFacts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The plain content of a file that was accepted, with the facts and the hash that are kept. */
final class WalContent {
  private final WalSource source;
  private final Map<String, String> facts;
  private final String hashAlgorithm;
  private volatile @Nullable String hash;
  private volatile Optional<WalRecords> records = Optional.empty();

  WalContent(WalSource source, Map<String, String> facts, String hashAlgorithm) {
    this.source = source;
    this.facts = Map.copyOf(facts);
    this.hashAlgorithm = hashAlgorithm;
  }

  WalSource source() {
    return source;
  }

  InputStream open() throws IOException {
    WalSegmentScan scan = new WalSegmentScan();
    return new HashedContent(
        HashedContent.hashing(new ScannedContent(source.open(), scan), hashAlgorithm),
        found -> {
          learn(found);
          records = scan.end();
        });
  }

  /** What was read of a segment's records, once all of it was; nothing of another file. */
  Optional<WalRecords> records() throws IOException {
    hash(hashAlgorithm);
    return records;
  }

  private void learn(String found) throws IOException {
    String known = hash;
    if (known != null && !known.equals(found)) {
      throw new WalRefusedException(
          WalRefusedException.Reason.CHANGED,
          "refused " + source.file() + ": its content changed while it was read");
    }
    hash = found;
  }

  /** The hash of the whole file in hexadecimal digits; read now if it is not known yet. */
  String hash(String algorithm) throws IOException {
    String known = hash;
    if (!algorithm.equals(hashAlgorithm)) {
      return HashedContent.of(source.open(), algorithm);
    }
    if (known != null) {
      return known;
    }
    try (InputStream in = open()) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return Objects.requireNonNull(hash);
  }

  Map<String, String> metadata() throws IOException {
    Map<String, String> metadata = new TreeMap<>(facts);
    metadata.put("hash", hash(hashAlgorithm));
    metadata.put("hash-algorithm", hashAlgorithm);
    records().map(WalRecordFacts::metadata).ifPresent(metadata::putAll);
    return metadata;
  }
}
