// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.ControlFile;
import io.pghoard.postgres.PostgresText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** What tells a restored cluster to recover: its settings, and the file that starts recovery. */
final class RestoredSettings {
  private final Path data;
  private final RestorePlan plan;
  private final RestoreProgress progress;

  RestoredSettings(RestorePlan plan, RestoreProgress progress) {
    this.data = plan.dataDirectory().path();
    this.plan = plan;
    this.progress = progress;
  }

  /**
   * Writes them.
   *
   * @param control what is to be the cluster's pg_control
   */
  void write(ControlFile control) throws IOException {
    RecoverySettings settings =
        new RecoverySettings(majorVersion(), plan.request().recovery(), plan.restoreCommand());
    if (settings.inRecoveryConf() && settings.options().copy() != null) {
      throw new IOException("a copy beside the cluster needs PostgreSQL 12 or later");
    }
    RestoredConfiguration configuration = RestoredConfiguration.read(data);
    configuration.write();
    configuration.notes().forEach(progress::note);
    new ConfigurationRemarks(configuration, settings.options())
        .all(control)
        .forEach(progress::note);
    Path recoveryConf = data.resolve("recovery.conf");
    if (settings.inRecoveryConf()) {
      new RewrittenFile(recoveryConf).write(settings.recoveryConf());
      if (configuration.isChanged(RestoredConfiguration.AUTO_CONF)) {
        new RewrittenFile(data.resolve(RestoredConfiguration.AUTO_CONF))
            .write(configuration.autoConf());
      }
      return;
    }
    new RewrittenFile(data.resolve(RestoredConfiguration.AUTO_CONF))
        .write(settings.autoConf(configuration.autoConf(), configuration.targets()));
    new RewrittenFile(data.resolve(RecoveryEndScript.NAME))
        .write(RecoveryEndScript.text(settings.temporaryLines(configuration.targets())));
    if (Files.exists(recoveryConf, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(recoveryConf, data.resolve("recovery.conf.before_restore"));
      progress.note(
          "the backed-up cluster had a recovery.conf, with which no server since PostgreSQL 12"
              + " starts; it was renamed to recovery.conf.before_restore");
    }
    // Left over from the backed-up cluster, either file would have a say in what recovery does.
    Files.deleteIfExists(data.resolve("standby.signal"));
    Files.deleteIfExists(data.resolve("recovery.signal"));
    new RewrittenFile(data.resolve(settings.signalFile())).write("");
  }

  /** 15 of "15", 9 of "9.6": what matters is whether it is 12 or later. */
  private int majorVersion() throws IOException {
    Path file = data.resolve("PG_VERSION");
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("base backup " + plan.backup().name() + " has no file PG_VERSION");
    }
    String text = PostgresText.read(file).strip();
    if (!text.matches("[1-9][0-9]?(\\.[0-9])?")) {
      throw new IOException("the restored PG_VERSION says \"" + text + "\"");
    }
    return Integer.parseInt(text.replaceAll("\\..*", ""));
  }
}
