// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.hook;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A place in the flow, called as the route that is told: what it is told, and where that is. */
enum Hook {
  WAL_STORED("on-wal-stored", "walFile=walFile"),
  BASE_BACKUP_FINISHED(
      "on-base-backup-finished", "backupName=backup.name backupReason=backupReason"),
  BASE_BACKUP_FAILED("on-base-backup-failed", "backupReason=backupReason failure=failure"),
  RESTORE_ENDED("on-restore-ended", "restoreId=restore.id outcome=restore"),
  OBJECT_PUT("on-object-put", "objectKey=objectKey"),
  ALERT_RAISED("on-alert-raised", "alertName=alertName alertText=alertText"),
  ALERT_CLEARED("on-alert-cleared", "alertName=alertName");

  private final String route;
  private final String facts;

  /** With the variables of the route, and of what in the flow each is the text. */
  Hook(String route, String facts) {
    this.route = route;
    this.facts = "site=site " + facts;
  }

  String route() {
    return route;
  }

  /** The variables that the route has, and the expressions of them. */
  Map<String, String> facts() {
    Map<String, String> expressions = new LinkedHashMap<>();
    for (String fact : facts.split(" ", -1)) {
      int equals = fact.indexOf('=');
      expressions.put(fact.substring(0, equals), "${variable." + fact.substring(equals + 1) + "}");
    }
    return expressions;
  }

  static Hook of(String route) {
    return Arrays.stream(values())
        .filter(hook -> hook.route.equals(route))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no hook is called " + route));
  }
}
