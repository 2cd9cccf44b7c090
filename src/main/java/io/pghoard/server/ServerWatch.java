// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.config.SiteConfig;
import io.pghoard.config.SiteName;
import io.pghoard.config.Sites;
import io.pghoard.postgres.ConnectionInfo;
import io.pghoard.postgres.Lsn;
import io.pghoard.repository.ForeignClusterException;
import io.pghoard.repository.SiteClusters;
import io.pghoard.server.ServerFinding.Kind;
import io.pghoard.server.SiteQuestions.Told;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks, again and again, whether a base backup of a site could be taken: connects as pg_basebackup
 * would. {@link ServerCheck} asks for more, once.
 */
public final class ServerWatch {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  // The first one with a backup manifest, and the last one whose WAL this version knows.
  private static final int OLDEST = 13;
  private static final int NEWEST = 19;

  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d{1,3})");

  private final Sites sites;
  private final Map<SiteName, Lsn> flushed = new ConcurrentHashMap<>();
  private final SiteClusters clusters;
  private final SiteQuestions questions;

  public ServerWatch(Sites sites, SiteClusters clusters) {
    this.sites = sites;
    this.clusters = clusters;
    this.questions = new SiteQuestions(sites);
  }

  /** Connects to the first node that answers; a node that answers outweighs those that do not. */
  public ServerFinding check(SiteName name) throws IOException {
    SiteConfig site = sites.get(name);
    Path psql;
    try {
      psql = ProgramSearch.psql(site);
    } catch (IOException e) {
      return new ServerFinding(Kind.REFUSED, String.valueOf(e.getMessage()));
    }
    Path directory = questions.directory(site);
    flushed.remove(name);
    ServerFinding worst = new ServerFinding(Kind.REFUSED, "the site has no nodes");
    try {
      for (ConnectionInfo node : site.nodes()) {
        ConnectionInfo shown = PrivateConnection.of(node, directory.resolve("passfile"));
        ServerFacts facts;
        try {
          facts = ServerFacts.ask(psql, shown);
          flushed.put(name, facts.flushed());
        } catch (IOException e) {
          worst = worse(worst, failed(node, String.valueOf(e.getMessage())));
          continue;
        }
        ServerFinding versions = versions(site, facts.major());
        String silent = facts.silent(site);
        if (versions.kind() != Kind.FINE) {
          return versions;
        }
        return silent == null
            ? cluster(name, node, facts)
            : new ServerFinding(Kind.REFUSED, silent);
      }
      return worst;
    } finally {
      WorkDirectories.delete(directory);
    }
  }

  /**
   * Whether commits wait for pghoard on one of the site's nodes.
   *
   * @return what is wrong and what to do; "" when nothing is; null when no node could be asked
   */
  public @Nullable String synchronous(SiteName name) throws IOException {
    SiteConfig site = sites.get(name);
    List<Told<SynchronousStandby>> told = questions.ask(name, SynchronousStandby::ask);
    for (Told<SynchronousStandby> each : told) {
      String trouble = each.answer().trouble(site);
      if (trouble != null) {
        return "on %s: %s".formatted(each.node(), trouble);
      }
    }
    return told.isEmpty() ? null : "";
  }

  /** Up to where the site's server had written WAL at the last look, or null when it was silent. */
  public @Nullable Lsn flushed(SiteName name) {
    return flushed.get(name);
  }

  private ServerFinding cluster(SiteName site, ConnectionInfo node, ServerFacts facts) {
    try {
      clusters.check(site, facts.identity(), "nothing is stored of the server at " + node);
      return ServerFinding.FINE;
    } catch (ForeignClusterException e) {
      return new ServerFinding(Kind.FOREIGN_CLUSTER, e.getMessage() + "\n" + e.remedy());
    } catch (IOException e) {
      return new ServerFinding(Kind.NOT_COMPARED, String.valueOf(e.getMessage()));
    }
  }

  private static ServerFinding failed(ConnectionInfo node, String message) {
    Kind kind = ConnectionRefusal.kind(message);
    // The file is pghoard's own, of the password in pghoard.json.
    String words = message.replaceAll("[;\\s]*password retrieved from file \"[^\"]*\"", "");
    return new ServerFinding(
        kind,
        "cannot connect to %s: %s\n%s"
            .formatted(node, words, new ConnectionRemedy(node, "replication").of(words)));
  }

  private static ServerFinding worse(ServerFinding one, ServerFinding other) {
    boolean first = one.text().equals("the site has no nodes");
    return first || one.kind() == Kind.UNREACHABLE ? other : one;
  }

  private static ServerFinding versions(SiteConfig site, int server) throws IOException {
    Path program;
    try {
      program = ProgramSearch.baseBackup(site, server);
    } catch (IOException e) {
      return new ServerFinding(Kind.VERSION_MISMATCH, String.valueOf(e.getMessage()));
    }
    String text = RunningProgram.output(program.toString(), List.of("--version"), LIMIT);
    Matcher version = VERSION.matcher(text);
    if (!version.find()) {
      throw new IOException(program + " --version is not understood: " + text.strip());
    }
    return versions(server, Integer.parseInt(version.group(1)), program);
  }

  /** What the major versions of a server and of the pg_basebackup for it mean. */
  static ServerFinding versions(int server, int program, Path path) {
    if (server < OLDEST || server > NEWEST) {
      return new ServerFinding(
          Kind.VERSION_UNSUPPORTED,
          "the server is PostgreSQL %d, and this pghoard backs up %d to %d\n%s"
              .formatted(
                  server,
                  OLDEST,
                  NEWEST,
                  server < OLDEST ? "upgrade PostgreSQL" : "upgrade pghoard"));
    }
    if (program < server) {
      return new ServerFinding(
          Kind.VERSION_MISMATCH,
          "the server is PostgreSQL %d, and %s is of %d, which cannot read from it\ninstall the client programs of PostgreSQL %d, or set pg_basebackup_path or pg_bin_directory to them"
              .formatted(server, path, program, server));
    }
    return ServerFinding.FINE;
  }
}
