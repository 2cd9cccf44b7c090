// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.ConnectionInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The node of a site to take from: its primary, or a standby while no primary answers.
 *
 * @param node as configured
 * @param shown how to connect to it, with no password
 */
public record NodeChoice(ConnectionInfo node, ConnectionInfo shown, ServerFacts server) {
  /** After a failover the former primary may answer too; the timeline tells who came after whom. */
  private static final Comparator<NodeChoice> BETTER =
      Comparator.<NodeChoice, Boolean>comparing(choice -> !choice.server().standby())
          .thenComparing(choice -> Integer.toUnsignedLong(choice.server().timeline()));

  /**
   * Asks every node.
   *
   * @param passwordFile written if the chosen node has a password; the caller removes it
   * @throws IOException when none answers, with what each of them said
   */
  public static NodeChoice of(SiteConfig site, Path psql, Path passwordFile) throws IOException {
    NodeChoice best = null;
    IOException none = null;
    for (ConnectionInfo node : site.nodes()) {
      ConnectionInfo shown = PrivateConnection.of(node, passwordFile);
      try {
        NodeChoice next = new NodeChoice(node, shown, ServerFacts.ask(psql, shown));
        // Of equals the first: the order of nodes is the operator's.
        best = best == null || BETTER.compare(next, best) > 0 ? next : best;
      } catch (IOException e) {
        none = with(none, node, e);
      }
    }
    if (best == null) {
      throw none == null ? new IOException("site " + site.name() + " has no nodes") : none;
    }
    // Another node's password may have been written since.
    PrivateConnection.of(best.node(), passwordFile);
    return best;
  }

  private static IOException with(
      @Nullable IOException before, ConnectionInfo node, IOException failure) {
    IOException all =
        new IOException(
            (before == null ? "cannot connect to " : before.getMessage() + "; nor to ")
                + node
                + ": "
                + failure.getMessage(),
            failure);
    if (before != null) {
      all.addSuppressed(before);
    }
    return all;
  }
}
