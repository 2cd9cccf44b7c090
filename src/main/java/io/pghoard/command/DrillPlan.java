// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import io.pghoard.config.SiteConfig;
import io.pghoard.drill.DrillServer;
import java.nio.file.Path;
import java.util.List;

/**
 * What a drill is to restore and to ask.
 *
 * @param random whether to a random moment, and not to the newest commit
 * @param login as whom, and in which database, the restored cluster is asked
 */
record DrillPlan(
    SiteConfig site,
    Path directory,
    boolean random,
    String restoreCommand,
    DrillServer.Login login,
    List<String> queries) {
  DrillPlan {
    queries = List.copyOf(queries);
  }
}
