// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgramEnvironmentTest {
  @Test
  void settingsOfLibpq_areLeftOut_andMessagesAreEnglish() {
    Map<String, String> kept = Map.of("PATH", "/usr/bin", "HOME", "/var/lib/postgresql");
    Map<String, String> environment = new HashMap<>(kept);
    environment.put("LC_ALL", "de_DE.UTF-8");
    environment.put("PGPASSWORD", "wrong");
    environment.put("PGSERVICE", "odd");
    environment.put("PGOPTIONS", "-c nosuch=1");
    environment.put("PGSSLMODE", "require");
    environment.put("PG_COLOR", "always");
    // Of a version to come.
    environment.put("PGNEWKEYWORD", "1");
    RunningProgram.prepare(environment);
    assertThat(environment).containsAllEntriesOf(kept).containsEntry("LC_ALL", "C").hasSize(3);
  }
}
