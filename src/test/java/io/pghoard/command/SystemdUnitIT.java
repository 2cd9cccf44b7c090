// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped unit file, as systemd reads it. */
final class SystemdUnitIT {
  @Test
  void unit_isUnderstoodByTheVerifierOfSystemd(@TempDir Path directory) throws Exception {
    Path unit = directory.resolve("pghoard.service");
    String shipped = Files.readString(Path.of("config/systemd/pghoard.service"));
    String here = Path.of("bin").toAbsolutePath().toString();
    Files.writeString(unit, shipped.replace("/opt/pghoard/bin", here));

    assertThat(verify(unit)).isEmpty();
    Files.writeString(unit, shipped.replace("WatchdogSec=120", "WatchdogSec=soon"));
    assertThat(verify(unit)).contains("Failed to parse sec value");
  }

  private static String verify(Path unit) throws Exception {
    Process verifier =
        new ProcessBuilder("systemd-analyze", "verify", "--man=no", unit.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(verifier.getInputStream().readAllBytes(), UTF_8);
    verifier.waitFor();
    return said;
  }
}
