// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.ConnectionInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the nodes of a site answer over an ordinary connection, asked one after the other. */
record SiteQuestions(Sites sites) {
  private static final Logger LOG = LoggerFactory.getLogger(SiteQuestions.class);

  /** Something to ask a node. */
  interface Question<T> {
    /**
     * Asks it.
     *
     * @param shown the node without its password
     * @throws IOException when it cannot be asked, with psql's words
     */
    T ask(Path psql, ConnectionInfo shown) throws IOException;
  }

  /** What a node answered. */
  record Told<T>(ConnectionInfo node, T answer) {}

  /** The answers of those nodes that gave one. */
  <T> List<Told<T>> ask(SiteName name, Question<T> question) throws IOException {
    SiteConfig site = sites.get(name);
    Path directory = directory(site);
    List<Told<T>> told = new ArrayList<>();
    try {
      Path psql = ProgramSearch.psql(site);
      for (ConnectionInfo node : site.nodes()) {
        ConnectionInfo shown = PrivateConnection.of(node, directory.resolve("passfile"));
        try {
          told.add(new Told<>(node, question.ask(psql, shown)));
        } catch (IOException e) {
          // A node that lets pghoard replicate alone, or is down, which is another alert.
          LOG.debug("Site {}: {} does not answer: {}", name, node, e.toString());
        }
      }
    } catch (IOException e) {
      LOG.debug("Site {}: its nodes cannot be asked: {}", name, e.toString());
    } finally {
      WorkDirectories.delete(directory);
    }
    return told;
  }

  /** This user's alone, made anew; passwords lie there meanwhile. */
  Path directory(SiteConfig site) throws IOException {
    var onlyOwner =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Path directory = sites.config().backupLocation().resolve(site.prefix()).resolve("server_check");
    return Files.createDirectories(directory.toAbsolutePath(), onlyOwner);
  }
}
