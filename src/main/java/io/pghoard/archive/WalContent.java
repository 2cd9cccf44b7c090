// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The plain content of a file that was accepted, with the facts and the hash that are kept. */
final class WalContent {
  private final WalSource source;
  private final Map<String, String> facts;
  private final String hashAlgorithm;
  private volatile @Nullable String hash;

  WalContent(WalSource source, Map<String, String> facts, String hashAlgorithm) {
    this.source = source;
    this.facts = Map.copyOf(facts);
    this.hashAlgorithm = hashAlgorithm;
  }

  WalSource source() {
    return source;
  }

  InputStream open() throws IOException {
    return new HashedContent(HashedContent.hashing(source.open(), hashAlgorithm), this::learn);
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
    if (known != null && algorithm.equals(hashAlgorithm)) {
      return known;
    }
    String found = HashedContent.of(source.open(), algorithm);
    if (algorithm.equals(hashAlgorithm)) {
      learn(found);
    }
    return found;
  }

  Map<String, String> metadata() throws IOException {
    Map<String, String> metadata = new TreeMap<>(facts);
    metadata.put("hash", hash(hashAlgorithm));
    metadata.put("hash-algorithm", hashAlgorithm);
    return metadata;
  }
}
