// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a daemon with this configuration can work on this machine, as this user. */
public final class HostCheck {
  private final PghoardConfig config;
  private final Collection<SiteConfig> sites;
  private final UserPrincipal user;

  /**
   * A check of some sites.
   *
   * @param user who runs it
   */
  public HostCheck(PghoardConfig config, Collection<SiteConfig> sites, UserPrincipal user) {
    this.config = config;
    this.sites = sites;
    this.user = user;
  }

  /**
   * Makes all checks.
   *
   * @return whether what this user writes belongs to the daemon's user
   */
  public boolean run(Checks checks) {
    List<Problem> problems = MachineCheck.problems(config, sites);
    for (Problem problem : problems) {
      checks.check(problem.path(), "", () -> Answer.failed(problem.cause(), problem.remedy()));
    }
    if (problems.isEmpty()) {
      checks.check(
          "directories", "", () -> Answer.ok("everything that pghoard.json names can be used"));
    }
    checks.check("maintenance_mode_file", "", this::maintenance);
    checks.check("json_state_file_path", "", this::stateFile);
    boolean sameUser = checks.check("user", "check who owns backup_location", this::sameUser);
    checks.check("spool", "check the file system of backup_location", this::space);
    return sameUser;
  }

  private Answer maintenance() throws IOException {
    Path file = config.maintenanceModeFile();
    String foreign = foreign(file);
    if (foreign != null) {
      return Answer.warning(
          foreign + ": it is not heeded, only a file of root's or of the daemon's user is",
          "delete it, and set maintenance_mode_file to a file in a directory of pghoard's own");
    }
    return Files.exists(file)
        ? Answer.warning(
            "pghoard is in maintenance mode: no base backup is begun, and nothing is deleted. %s made %s at %s"
                .formatted(Files.getOwner(file), file, Files.getLastModifiedTime(file)),
            "delete the file when the maintenance is over")
        : Answer.ok("there is none: base backups are taken");
  }

  private Answer stateFile() throws IOException {
    Path file = config.stateFile();
    String foreign = foreign(file);
    String remedy =
        "delete it, and set json_state_file_path to a file in a directory of pghoard's own";
    if (foreign != null) {
      return Answer.failed(foreign + ": the daemon neither reads nor writes it", remedy);
    }
    return Files.exists(file) && Files.size(file) > OwnFile.LARGEST
        ? Answer.warning(file + " is larger than 1 MiB: a restart counts anew", remedy)
        : Answer.ok("%s can be used".formatted(file));
  }

  /** Why the daemon does not use a file; it may be another user than the one who checks. */
  private @Nullable String foreign(Path file) throws IOException {
    String foreign = new OwnFile(file).foreign();
    boolean daemons =
        foreign != null
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && Files.exists(config.backupLocation())
            && Files.getOwner(config.backupLocation())
                .equals(Files.getOwner(file, LinkOption.NOFOLLOW_LINKS));
    return daemons ? null : foreign;
  }

  /** What another user writes, the daemon could neither read nor lock. */
  private Answer sameUser() throws IOException {
    Path location = config.backupLocation();
    if (!Files.exists(location)) {
      return Answer.ok(user.getName() + "; no daemon has run here yet");
    }
    UserPrincipal owner = Files.getOwner(location);
    return owner.equals(user)
        ? Answer.ok(user.getName())
        : Answer.failed(
            "this runs as %s, but the daemon as %s, the owner of %s"
                .formatted(user.getName(), owner.getName(), location),
            "check as the daemon's user: sudo -u " + owner.getName() + " pghoard check ...");
  }

  private Answer space() throws IOException {
    Path nearest = config.backupLocation();
    while (!Files.exists(nearest) && nearest.getParent() != null) {
      nearest = nearest.getParent();
    }
    long free = Volume.usableBytes(nearest) >> 20;
    long one = 0;
    long all = 0;
    for (SiteConfig site : sites) {
      BaseBackupConfig backup = site.baseBackup();
      one = Math.max(one, backup.chunkSize() >> 20);
      all += (backup.chunkSize() >> 20) * backup.chunksInProgress();
    }
    String text =
        "%,d MiB are free on the file system of %s; base backups of all these sites at once take"
            + " up to %,d MiB";
    text = text.formatted(free, config.backupLocation(), all);
    String remedy = "free some space there, or lower basebackup_chunk_size";
    if (free < one) {
      return Answer.failed(text, remedy);
    }
    return free < all ? Answer.warning(text, remedy) : Answer.ok(text);
  }
}
