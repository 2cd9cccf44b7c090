// SPDX-License-Identifier: Apache-2.0
package io.pghoard.codec;

import java.util.List;
import java.util.stream.Stream;

/** The algorithms by which objects are compressed, each with the levels of its own scale. */
public enum CompressionAlgorithm {
  LZMA("lzma", 0, 9),
  SNAPPY("snappy", 0, 0),
  ZSTD("zstd", -131_072, 22);

  private final String text;
  private final int lowestLevel;
  private final int highestLevel;

  CompressionAlgorithm(String text, int lowestLevel, int highestLevel) {
    this.text = text;
    this.lowestLevel = lowestLevel;
    this.highestLevel = highestLevel;
  }

  /**
   * The algorithm of a name in pghoard.json or in the metadata of an object.
   *
   * @throws IllegalArgumentException if there is no such algorithm
   */
  public static CompressionAlgorithm named(String text) {
    return Stream.of(values())
        .filter(algorithm -> algorithm.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown compression algorithm \"%s\": use one of %s"
                        .formatted(text, String.join(", ", names()))));
  }

  /** The names of all. */
  public static List<String> names() {
    return Stream.of(values()).map(CompressionAlgorithm::text).toList();
  }

  /** The name, as pghoard.json and the metadata of objects write it. */
  public String text() {
    return text;
  }

  public int lowestLevel() {
    return lowestLevel;
  }

  public int highestLevel() {
    return highestLevel;
  }
}
