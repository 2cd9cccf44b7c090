// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.config.FileFailure;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.Problem;
import io.pghoard.config.Sites;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.support.PluginHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of the operator's route files a start takes: those that lie there; or, when these are
 * broken, the last whole set that was in force, so that what ran goes on. Never the jar's route in
 * place of an operator's, which may have encrypted.
 */
public final class RouteStart {
  private static final Logger LOG = LoggerFactory.getLogger(RouteStart.class);

  private final CamelContext context;
  private final RouteFiles files;
  private final KeptRoutes kept;
  private final Predicate<String> wanted;
  private final RouteTrial trial;

  private RouteStart(
      CamelContext context, RouteFiles files, KeptRoutes kept, @Nullable Predicate<String> wanted) {
    this.context = context;
    this.files = files;
    this.kept = kept;
    this.wanted = wanted == null ? name -> true : wanted;
    this.trial = new RouteTrial(context, files, wanted == null);
  }

  /** The start of a daemon, which uses all files. */
  public static RouteStart ofDaemon(CamelContext context, PghoardConfig config) throws IOException {
    return new RouteStart(
        context,
        new RouteFiles(config.routesDirectory(), name -> true, RouteOwners.ofDaemon()),
        KeptRoutes.in(config.backupLocation()),
        null);
  }

  /** The start of something that uses the files of these names alone. */
  public static RouteStart ofRestore(
      CamelContext context, PghoardConfig config, Predicate<String> wanted) throws IOException {
    return new RouteStart(
        context,
        new RouteFiles(config.routesDirectory(), wanted, RouteOwners.ofRestore()),
        KeptRoutes.in(config.backupLocation()),
        wanted);
  }

  /** Takes up changes from now on; nothing before {@link #load}. */
  public RouteReload reload(Sites sites, ReloadTurn turn) {
    return new RouteReload(sites, files, kept, trial, new RouteSwitch(context, sites, files), turn);
  }

  /**
   * Loads the routes, as all that they name is there now.
   *
   * @param reload goes on from there; null where nothing is reloaded
   * @throws IOException when the files are broken and no set can take their place
   */
  public void load(PghoardConfig config, @Nullable RouteReload reload) throws Exception {
    Choice choice = choose(config);
    PluginHelper.getRoutesLoader(context)
        .loadRoutes(files.resources(context, choice.set()).values());
    if (reload != null) {
      reload.begin(choice);
      return;
    }
    for (Problem problem : choice.refused()) {
      LOG.warn(
          "the route files that were last in force are used, as one is broken: {}",
          RouteRefusedException.line(problem));
    }
  }

  /**
   * What was taken.
   *
   * @param stamps of the files when they were looked at
   * @param refused why the last set was taken and not the files; empty when they were
   */
  record Choice(RouteSet set, Map<String, RouteStamp> stamps, List<Problem> refused) {}

  private Choice choose(PghoardConfig config) throws IOException {
    Map<String, RouteStamp> stamps = files.look();
    RouteSet last = null;
    String unusable = "no set of route files has been in force here before";
    try {
      last = kept.read();
    } catch (IOException e) {
      unusable = "the set that was last in force cannot be used: " + FileFailure.reason(e);
      LOG.warn("{}", unusable);
    }
    RouteSet before = last == null ? null : last.only(wanted);
    try {
      RouteSet own = files.read();
      requireDirectory(files, own, before == null ? RouteSet.EMPTY : before);
      if (!own.isEmpty() || (before != null && !before.isEmpty())) {
        trial.run(own, config);
      }
      return new Choice(own, stamps, List.of());
    } catch (RouteRefusedException e) {
      return new Choice(instead(e, before, unusable, config), stamps, e.problems());
    }
  }

  private RouteSet instead(
      RouteRefusedException refused, @Nullable RouteSet last, String unusable, PghoardConfig config)
      throws IOException {
    String why = unusable;
    if (last != null) {
      try {
        trial.run(last, config);
        return last;
      } catch (RouteRefusedException e) {
        why = "the set that was last in force cannot be used either: " + e.getMessage();
      }
    }
    throw new IOException(
        "%s\n%s; correct the files in %s, or move the broken ones elsewhere: a shipped route of the same name is then used"
            .formatted(refused.getMessage(), why, files.directory()),
        refused);
  }

  /** What would keep a daemon from using the operator's files; its beans are in the context. */
  public static List<Problem> problems(CamelContext context, PghoardConfig config)
      throws IOException {
    RouteFiles all =
        new RouteFiles(
            config.routesDirectory(), name -> true, RouteOwners.ofCheck(config.backupLocation()));
    try {
      RouteSet own = all.read();
      if (!own.isEmpty()) {
        new RouteTrial(context, all, true).run(own, config);
      }
      return List.of();
    } catch (RouteRefusedException e) {
      return e.problems();
    }
  }

  /**
   * Tells a directory that is gone, an unmounted one say, from one that the operator has emptied.
   *
   * @param before the set that was in force
   */
  static void requireDirectory(RouteFiles files, RouteSet own, RouteSet before)
      throws RouteRefusedException {
    if (own.isEmpty() && !before.isEmpty() && !files.isThere()) {
      throw new RouteRefusedException(
          List.of(
              new Problem(
                  files.directory().toString(),
                  0,
                  0,
                  "the directory of the route files is gone",
                  "mount or restore it; to use the shipped routes alone, create it empty")));
    }
  }
}
