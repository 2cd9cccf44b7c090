// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a store on another machine is reached.
 *
 * @param connectTimeout how long a connection may take to come about
 * @param readTimeout how long a connection may be silent while an answer is awaited
 * @param callTimeout how long one request may take from its start to its end, whatever happens: one
 *     part of a large object, one page of a listing
 * @param proxy null for none
 */
public record RemoteAccess(
    Duration connectTimeout,
    Duration readTimeout,
    Duration callTimeout,
    @Nullable ProxyConfig proxy) {
  /** How a message names a server that is reached so. */
  public String to(String server) {
    return proxy == null ? server : "%s, by way of the %s,".formatted(server, proxy);
  }
}
