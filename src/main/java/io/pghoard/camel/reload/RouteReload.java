// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import io.pghoard.alert.AlertChange;
import io.pghoard.config.Causes;
import io.pghoard.config.FileFailure;
import io.pghoard.config.PghoardConfig;
import io.pghoard.config.Problem;
import io.pghoard.config.Sites;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up changes to the operator's route files while the service runs.
 *
 * <p>A change is first tried as a whole set in a Camel context of its own; only a set that would
 * start is applied, file by file, so that a broken edit stops nothing. A file that is deleted gives
 * its place back to the jar's route of that name. Each whole set that is in force is kept for the
 * next start.
 */
public final class RouteReload {
  private static final Logger LOG = LoggerFactory.getLogger(RouteReload.class);
  static final String ALERT = "route_error";

  private final Sites sites;
  private final RouteFiles files;
  private final KeptRoutes kept;
  private final RouteTrial trial;
  private final RouteSwitch way;
  private final ReloadTurn turn;

  private RouteSet applied = RouteSet.EMPTY;
  private @Nullable RouteSet tried;
  private Map<String, RouteStamp> judged = Map.of();
  private @Nullable PghoardConfig judgedFor;
  private boolean unread;
  private Map<String, RouteStamp> seen = Map.of();
  private @Nullable String said;
  private boolean looked;
  private @Nullable String told;
  // Asked for by GET /status, which must not wait for a reload.
  private volatile List<Problem> refused = List.of();
  private volatile boolean startedWithKept;
  private volatile @Nullable String unkept;

  RouteReload(
      Sites sites,
      RouteFiles files,
      KeptRoutes kept,
      RouteTrial trial,
      RouteSwitch way,
      ReloadTurn turn) {
    this.sites = sites;
    this.files = files;
    this.kept = kept;
    this.trial = trial;
    this.way = way;
    this.turn = turn;
  }

  /** Goes on from what the start has taken. */
  synchronized void begin(RouteStart.Choice choice) {
    applied = choice.set();
    judged = choice.stamps();
    judgedFor = sites.config();
    if (!choice.refused().isEmpty()) {
      refused = choice.refused();
      // It may be mended without a change of the files: by the rights of a directory above them.
      unread = true;
      startedWithKept = true;
      LOG.error("{}", text().replace("\n", "; "));
    }
  }

  /** Keeps what the start has taken, once it runs. */
  public synchronized void begun() {
    if (!startedWithKept) {
      keep();
    }
    warnOfOldCopies();
  }

  /**
   * Looks for changes and applies them; called by the route {@code route-reload}.
   *
   * @return what it means for alerts
   */
  public List<AlertChange> check() throws Exception {
    turn.take(this::look);
    return changes();
  }

  private synchronized void look() {
    Map<String, RouteStamp> now = files.look();
    boolean known =
        now.equals(judged) && (refused.isEmpty() || sites.config().equals(judgedFor)) && !unread;
    if (known) {
      if (unkept != null) {
        keep();
      }
      return;
    }
    if (!now.equals(seen)) {
      // An editor may be at it: a save can be seen half done, or as a file that is gone.
      seen = now;
      return;
    }
    try {
      unread = true;
      RouteSet next = files.read();
      RouteStart.requireDirectory(files, next, applied);
      unread = false;
      Set<String> changed = next.changed(applied);
      if (!changed.isEmpty() && !take(next, changed)) {
        return;
      }
      judged(now, List.of());
    } catch (RouteRefusedException e) {
      judged(now, e.problems());
    }
  }

  /** Whether the set is in force now, and does not wait for work that runs. */
  private boolean take(RouteSet next, Set<String> changed) throws RouteRefusedException {
    if (!next.equals(tried)) {
      trial.run(next, sites.config());
      tried = next;
    }
    String busy = way.busyRoute(changed);
    if (busy != null) {
      sayOnce("The change of " + changed + " waits for the end of the work in route " + busy);
      return false;
    }
    try {
      way.change(applied, next);
    } catch (Exception e) {
      throw new RouteRefusedException(
          List.of(
              new Problem(
                  String.join(", ", changed),
                  0,
                  0,
                  "the change could not be applied: " + Causes.reason(e),
                  "see the log, and save the file again")));
    }
    applied = next;
    startedWithKept = false;
    keep();
    warnOfOldCopies();
    return true;
  }

  private void judged(Map<String, RouteStamp> now, List<Problem> problems) {
    boolean news = !problems.equals(refused);
    judged = now;
    judgedFor = sites.config();
    refused = problems;
    startedWithKept &= !problems.isEmpty();
    if (problems.isEmpty()) {
      // What was in force all the time, or is now.
      keep();
    } else if (news) {
      LOG.error("{}", text().replace("\n", "; "));
    }
  }

  /** Tells of the operator's files that were made from shipped ones which have changed since. */
  private void warnOfOldCopies() {
    RouteCopy copies = new RouteCopy(files);
    for (String name : applied.texts().keySet()) {
      try {
        if (copies.isOutdated(name)) {
          LOG.warn(
              "{} was made from a shipped file that has changed since; compare them: pghoard routes diff {}\n{}",
              files.directory().resolve(name),
              name,
              copies.change(name));
        }
      } catch (IOException e) {
        LOG.warn("cannot compare {} to the shipped file: {}", name, FileFailure.reason(e));
      }
    }
  }

  private void keep() {
    try {
      kept.keep(applied);
      unkept = null;
    } catch (IOException e) {
      String reason = FileFailure.reason(e);
      if (!reason.equals(unkept) && !applied.isEmpty()) {
        LOG.warn("{}", unkeptText(reason).replace("\n", "; "));
      }
      unkept = reason;
    }
  }

  private void sayOnce(String text) {
    if (!text.equals(said)) {
      said = text;
      LOG.info("{}", text);
    }
  }

  /** What the state of now changes in the alert; the first look also ends one of a former run. */
  private synchronized List<AlertChange> changes() {
    String text = text().isEmpty() ? null : text();
    if (looked && Objects.equals(text, told)) {
      return List.of();
    }
    looked = true;
    told = text;
    return List.of(new AlertChange(ALERT, null, text));
  }

  /** What an operator is told; "" when all is well. */
  private String text() {
    List<Problem> problems = refused;
    String reason = unkept;
    if (problems.isEmpty()) {
      return reason == null || applied.isEmpty() ? "" : unkeptText(reason);
    }
    return "%s\n%s\n%s; pghoard takes up the change within seconds"
        .formatted(
            startedWithKept
                ? "pghoard was started with the route files that were last in force, as those in %s are refused"
                    .formatted(files.directory())
                : "the route files in %s are refused, and those that were in force stay in force"
                    .formatted(files.directory()),
            problems.stream().map(RouteRefusedException::what).collect(Collectors.joining("\n")),
            problems.stream().map(Problem::remedy).distinct().collect(Collectors.joining("; ")));
  }

  private String unkeptText(String reason) {
    return """
    the route files in force could not be kept in %s: %s
    until they are, a start with a broken route file would fail; free some space there, or correct its permissions"""
        .formatted(kept.file(), reason);
  }

  /** What is wrong with the files as they lie there now, a line each; null when in force. */
  public @Nullable String refusal() {
    List<Problem> problems = refused;
    return problems.isEmpty()
        ? null
        : problems.stream().map(RouteRefusedException::line).collect(Collectors.joining("\n"));
  }

  /** For {@code GET /status}: what is refused, and which routes run meanwhile. */
  public Map<String, Object> state() {
    Map<String, Object> state = new LinkedHashMap<>();
    List<Map<String, Object>> problems = new ArrayList<>();
    for (Problem problem : refused) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("file", problem.path());
      each.put("line", problem.line());
      each.put("cause", problem.cause());
      each.put("remedy", problem.remedy());
      problems.add(each);
    }
    state.put("refused", problems);
    state.put("started_with_last_set", startedWithKept);
    return state;
  }
}
