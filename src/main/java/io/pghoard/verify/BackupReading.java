// SPDX-License-Identifier: Apache-2.0
package io.pghoard.verify;

import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.BaseBackup.Format;
import io.pghoard.repository.BaseBackupObject.Chunk;
import io.pghoard.repository.ContentMismatchException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.SiteKeys;
import io.pghoard.restore.BackupContents;
import io.pghoard.scrub.ScrubbedObject.Look;
import io.pghoard.verify.ObjectReading.Outcome;
import io.pghoard.verify.VerifyFinding.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads back the main object and the chunks of one base backup. */
record BackupReading(ObjectReading reading, SiteKeys keys, BaseBackup backup) {
  void read() throws IOException {
    if (backup.format() != Format.CHUNKS) {
      readWhole();
      return;
    }
    List<BackupContents> main = new ArrayList<>();
    Outcome listed = reading.open(backup.key(), in -> main.add(BackupContents.of(in)), null);
    if (listed == Outcome.WHOLE) {
      BackupContents contents = main.get(0);
      if (!contents.hasManifest()) {
        note("%s has no backup_manifest, so its files are not compared");
      }
      boolean whole = reading.read(backup.key(), contents::check) == Outcome.WHOLE;
      whole &= readChunks(contents);
      if (whole) {
        requireComplete(contents);
      }
    } else if (listed == Outcome.GONE) {
      note("%s was deleted while it was read");
    }
  }

  /** A backup without chunks; of those, this version restores only a plain tar archive. */
  private void readWhole() throws IOException {
    reading.read(backup.key(), Look.NONE);
    if (backup.format() == Format.RAW) {
      note("%s is one tar archive without a backup_manifest, so its files are not compared");
    } else {
      reading
          .run()
          .found(
              new VerifyFinding(
                  Kind.UNSUPPORTED,
                  backup.name(),
                  "it is of the format %s, which this version cannot restore"
                      .formatted(backup.object().metadata().get("format")),
                  false));
    }
  }

  private boolean readChunks(BackupContents contents) throws IOException {
    Map<ObjectKey, String> lacking = contents.lacking(reading.store(), keys, backup);
    boolean whole = true;
    for (Chunk chunk : contents.chunks()) {
      ObjectKey key = new ObjectKey(keys.chunks() + chunk.fileName());
      String lacks = lacking.get(key);
      Outcome outcome = lacks == null ? reading.read(key, contents::check) : Outcome.GONE;
      if (outcome == Outcome.GONE) {
        // A base backup that is deleted loses its main object first.
        if (!reading.store().keys(backup.key().text()).contains(backup.key())) {
          note("%s was deleted while it was read");
          return false;
        }
        reading.missing(key, lacks == null ? "it is not in the repository" : lacks);
      }
      whole &= outcome == Outcome.WHOLE;
    }
    return whole;
  }

  private void requireComplete(BackupContents contents) {
    try {
      contents.requireComplete();
    } catch (ContentMismatchException e) {
      reading.damaged(backup.key(), String.valueOf(e.getMessage()), true);
    }
  }

  private void note(String text) {
    reading.run().progress().note("base backup " + text.formatted(backup.name()));
  }
}
