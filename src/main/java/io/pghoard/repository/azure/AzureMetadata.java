// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.azure;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of an object as Azure keeps it. Its names must be those of C# identifiers, so that
 * "start-time" is start_time there, as the Python pghoard has it.
 *
 * @param metadata what was put
 * @param sha256 of the stored bytes in hexadecimal, or null when the writer told none
 */
record AzureMetadata(Map<String, String> metadata, @Nullable String sha256) {
  private static final String HASH = "_hash";

  /** What the Python pghoard adds for itself. */
  private static final String LENGTH = "content-length";

  static AzureMetadata read(@Nullable Map<String, String> stored) {
    Map<String, String> metadata = new TreeMap<>();
    String sha256 = null;
    for (Map.Entry<String, String> entry :
        (stored == null ? Map.<String, String>of() : stored).entrySet()) {
      // A header's name comes back in whatever case the way to here has left it.
      String name = entry.getKey().toLowerCase(Locale.ROOT);
      if (name.equals(HASH)) {
        sha256 = entry.getValue();
      } else if (!name.replace('_', '-').equals(LENGTH)) {
        metadata.put(name.replace('_', '-'), entry.getValue());
      }
    }
    return new AzureMetadata(metadata, sha256);
  }

  Map<String, String> stored() {
    Map<String, String> stored = new TreeMap<>();
    metadata.forEach((name, value) -> stored.put(name.replace('-', '_'), value));
    if (sha256 != null) {
      stored.put(HASH, sha256);
    }
    return stored;
  }
}
