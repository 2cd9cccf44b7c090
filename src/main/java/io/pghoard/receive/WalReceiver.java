// SPDX-License-Identifier: Apache-2.0
package io.pghoard.receive;

import io.pghoard.config.ReceivePlaces;
import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.ConnectionInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of pg_receivewal for a site.
 *
 * @param node where it streams from, with no password
 * @param slot the node's replication slot, or null
 * @param fromSlot whether it begins where the slot stands, as its directory is empty
 * @param path of pg_receivewal
 */
public record WalReceiver(
    SiteConfig site,
    ConnectionInfo node,
    @Nullable String slot,
    boolean fromSlot,
    Path path,
    ReceivePlaces places) {
  public String program() {
    return path.toString();
  }

  /** The slot and whose it is: each node has its own, and one name may be used on all of them. */
  String slotOfNode() {
    return slot + " of " + node;
  }

  /** Where it runs; only one may run there. */
  public String directory() {
    return places.own().toString();
  }

  /** The arguments of pg_receivewal; the password is not among them. */
  public List<String> arguments() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--directory=" + places.incoming(),
                "--no-loop",
                "--status-interval=1",
                "--verbose",
                "--no-password"));
    if (site.wal().synchronous()) {
      arguments.add("--synchronous");
    }
    if (slot != null) {
      arguments.add("--slot=" + slot);
    }
    arguments.add("--dbname=" + node.toConnectionString());
    return List.copyOf(arguments);
  }

  /** The arguments with which it does something to the slot, and ends. */
  List<String> slotArguments(String... actions) {
    List<String> arguments = new ArrayList<>(List.of(actions));
    arguments.add("--slot=" + slot);
    arguments.add("--no-password");
    arguments.add("--dbname=" + node.toConnectionString());
    return List.copyOf(arguments);
  }
}
