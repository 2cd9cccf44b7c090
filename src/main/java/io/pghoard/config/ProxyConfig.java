// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import org.jspecify.annotations.Nullable;

/** The {@code proxy_info} of an object_storage; its text shows no password. */
public record ProxyConfig(
    Type type, String host, int port, @Nullable String user, @Nullable String password) {
  /** What the proxy speaks, by its name in {@code type}. */
  public enum Type {
    HTTP,
    SOCKS5
  }

  @Override
  public String toString() {
    return "%s proxy %s:%d".formatted(type, host, port);
  }
}
