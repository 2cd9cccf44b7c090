// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.nio.file.Path;

/**
 * Where syslog takes messages, and as whose.
 *
 * @param facility as syslog's protocol numbers it: 18 is local2
 */
public record SyslogConfig(Address address, int facility) {
  /** Where syslog listens. */
  public sealed interface Address {}

  /** A datagram socket of this machine, as rsyslog and journald have it in /dev/log. */
  public record LocalSocket(Path path) implements Address {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /** A port, of this machine or another one. */
  public record Port(Protocol protocol, String host, int port) implements Address {
    @Override
    public String toString() {
      return (protocol == Protocol.TCP ? "tcp://" : "") + host + ":" + port;
    }
  }

  /** What carries messages to a port. */
  public enum Protocol {
    /** A datagram each; what is lost is lost. */
    UDP,
    /** A line each, over one connection. */
    TCP
  }
}
