// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped unit files, as systemd reads them. */
final class SystemdUnitIT {
  @ParameterizedTest
  @CsvSource({
    "config/systemd/pghoard.service, /opt/pghoard/bin",
    "packaging/pghoard.service, /usr/bin"
  })
  void unit_isUnderstoodByTheVerifierOfSystemd(Path file, String bin, @TempDir Path directory)
      throws Exception {
    Path unit = directory.resolve("pghoard.service");
    String here = Path.of("bin").toAbsolutePath().toString();
    String shipped = Files.readString(file).replace("=" + bin, "=" + here);
    Files.writeString(unit, shipped);

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
