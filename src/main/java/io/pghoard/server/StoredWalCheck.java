// SPDX-License-Identifier: Apache-2.0
package io.pghoard.server;

import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.WalFileName;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Whether what a server says it has archived is in the repository: an archive_command that does
 * nothing succeeds too.
 *
 * @param inUse whether the site was ever backed up; before that, the server may have archived to
 *     another place
 */
record StoredWalCheck(SiteConfig site, NodeAnswers told, boolean inUse) {
  void run(Checks checks, ObjectStore store) {
    if (file() == null) {
      return;
    }
    boolean stored;
    try {
      stored = isStored(store);
    } catch (IOException e) {
      checks.unknown("archived WAL", "the repository could not be asked");
      return;
    }
    checks.check("archived WAL", "", () -> answer(stored));
  }

  /** The name of the file that the server archived last; null when there is none. */
  @Nullable String file() {
    String name = told.text("archived_wal");
    return name == null || !WalFileName.matches(name) ? null : name;
  }

  /** Whether that file is in the repository. */
  boolean isStored(ObjectStore store) throws IOException {
    WalFileName name = WalFileName.parse(String.valueOf(file()));
    SiteKeys keys = new SiteKeys(site.prefix());
    ObjectKey key = keys.wal(name);
    // A partial segment or a backup history file may be kept beside another one of its name.
    return store.keys(key.text()).contains(key)
        || switch (name.kind()) {
          case SEGMENT, HISTORY -> false;
          case PARTIAL, BACKUP -> !store.keys(keys.otherWal() + name + ".").isEmpty();
        };
  }

  /** What that means. */
  Answer answer(boolean stored) {
    String name = file();
    if (stored) {
      return Answer.ok("the last file that the server has archived, %s, is stored".formatted(name));
    }
    String text =
        "the server reports %s as archived, but it is not in the repository: archive_command stores WAL elsewhere, or nowhere"
            .formatted(name);
    String remedy =
        "set archive_command to pghoard_archivecommand for this site; if you have already done so, run SELECT pg_switch_wal() and check again";
    return inUse ? Answer.failed(text, remedy) : Answer.warning(text, remedy);
  }
}
