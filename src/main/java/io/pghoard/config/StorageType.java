// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * The types of stores. Each has the routes {@code repository-put-TYPE}, -get, -list and -delete.
 */
public enum StorageType {
  LOCAL("local"),
  S3("s3"),
  GOOGLE("google"),
  AZURE("azure"),
  SFTP("sftp"),
  ROUTED("routed"),
  /** Another daemon's: a restore is told of it by options, and pghoard.json cannot name it. */
  DAEMON("daemon");

  private final String text;

  StorageType(String text) {
    this.text = text;
  }

  /** The type of this name in pghoard.json. */
  static Optional<StorageType> named(String text) {
    return inConfiguration().filter(type -> type.text.equals(text)).findFirst();
  }

  /** Those that pghoard.json can name. */
  static Stream<StorageType> inConfiguration() {
    return Stream.of(values()).filter(type -> type != DAEMON);
  }

  /** The name, as pghoard.json and the routes write it. */
  public String text() {
    return text;
  }

  @Override
  public String toString() {
    return text;
  }
}
