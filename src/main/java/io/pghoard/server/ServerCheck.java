// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.ConnectionInfo;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.StoredCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a site's PostgreSQL can be backed up and archives to the site, each node of it. It asks
 * by psql, as base backups do.
 */
public final class ServerCheck {
  private final SiteConfig site;
  private final @Nullable StoredCluster stored;
  private final ObjectStore store;
  private final Clock clock;

  /**
   * A check of all nodes.
   *
   * @param stored whose the stored objects are, or null when the repository could not be asked
   * @param store where what the server archives has to be
   */
  public ServerCheck(
      SiteConfig site, @Nullable StoredCluster stored, ObjectStore store, Clock clock) {
    this.site = site;
    this.stored = stored;
    this.store = store;
    this.clock = clock;
  }

  /**
   * Makes all checks.
   *
   * @param directory this user's alone; passwords lie there meanwhile
   */
  public void run(Checks checks, Path directory) throws IOException {
    Path[] found = new Path[1];
    checks.check(
        "psql",
        "install PostgreSQL's client programs, or set pg_bin_directory",
        () -> {
          found[0] = ProgramSearch.psql(site);
          return Answer.ok(found[0].toString());
        });
    List<ConnectionInfo> nodes = site.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      Checks ofNode = nodes.size() == 1 ? checks : checks.of("node " + (i + 1));
      if (found[0] == null) {
        ofNode.unknown("connection", "psql was not found");
      } else {
        ConnectionInfo shown =
            PrivateConnection.of(nodes.get(i), directory.resolve("passfile-" + site.name() + i));
        if (new NodeCheck(site, shown, found[0], stored, clock).run(ofNode, store)) {
          ofNode.check(
              "synchronous standby",
              "see the connection",
              () -> SynchronousStandby.ask(found[0], shown).answer(site));
        } else {
          ofNode.unknown("synchronous standby", NodeCheck.NOT_ASKED);
        }
      }
    }
  }
}
