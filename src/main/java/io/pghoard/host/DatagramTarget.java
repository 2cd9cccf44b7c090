// SPDX-License-Identifier: Apache-2.0
package io.pghoard.host;

import java.io.Closeable;
import java.io.IOException;

/** Where messages are sent to, each whole or not at all. */
interface DatagramTarget extends Closeable {
  /** Sends one message; may wait for a second or two. */
  void send(byte[] message) throws IOException;
}
