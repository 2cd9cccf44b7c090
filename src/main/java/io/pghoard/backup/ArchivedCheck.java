// SPDX-License-Identifier: Apache-2.0
package io.pghoard.backup;

import io.pghoard.check.Answer;
import io.pghoard.check.Checks;
import io.pghoard.config.SiteConfig;
import io.pghoard.postgres.WalFileName;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;

/**
 * Whether what a server says it has archived is in the repository: an archive_command that does
 * nothing succeeds too.
 *
 * @param inUse whether the site was ever backed up; before that, the server may have archived to
 *     another place
 */
record ArchivedCheck(SiteConfig site, NodeAnswers told, boolean inUse) {
  void run(Checks checks, ObjectStore store) {
    String name = told.text("archived_wal");
    // Partial segments and others may be kept under another name.
    if (name == null
        || !WalFileName.matches(name)
        || WalFileName.parse(name).kind() != WalFileName.Kind.SEGMENT) {
      return;
    }
    ObjectKey key = new SiteKeys(site.prefix()).wal(WalFileName.parse(name));
    boolean stored;
    try {
      stored = store.keys(key.text()).contains(key);
    } catch (IOException e) {
      checks.unknown("archived WAL", "the repository could not be asked");
      return;
    }
    checks.check("archived WAL", "", () -> answer(name, stored));
  }

  private Answer answer(String name, boolean stored) {
    if (stored) {
      return Answer.ok(
          "the last segment that the server has archived, %s, is stored".formatted(name));
    }
    String text =
        "the server reports %s as archived, but it is not in the repository: archive_command stores WAL elsewhere, or nowhere"
            .formatted(name);
    String remedy =
        "set archive_command to pghoard_archivecommand for this site; if you have already done so, run SELECT pg_switch_wal() and check again";
    return inUse ? Answer.failed(text, remedy) : Answer.warning(text, remedy);
  }
}
