// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** What this machine is called. */
public final class HostName {
  private HostName() {}

  /** The name, or {@code localhost} where it is not known. */
  public static String here() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
