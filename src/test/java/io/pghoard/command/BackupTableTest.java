// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.pghoard.repository.BaseBackup;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.StoredObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BackupTableTest {
  private static BaseBackup backup(String name, Map<String, String> metadata) {
    return BaseBackup.of(
        new StoredObject(new ObjectKey("main/basebackup/" + name), 1536, Instant.EPOCH, metadata));
  }

  @Test
  void text_alignsColumns() {
    BaseBackup first =
        backup(
            "a.00000000.pghoard",
            Map.of(
                "format", "pghoard-bb-v2",
                "start-time", "2026-01-01T10:00:00+00:00",
                "end-time", "2026-01-01 10:00:30.5+00:00",
                "start-wal-segment", "000000010000000000000002",
                "total-size-plain", "3221225472",
                "total-size-enc", "1073741824",
                "pg-version", "150018"));
    BaseBackup second =
        backup(
            "longer",
            Map.of(
                "start-time", "2026-01-02T10:00:00+00:00",
                "start-wal-segment", "000000010000000000000009",
                "pg-version", "90624"));
    assertThat(new BackupTable(List.of(first, second)).text(false))
        .isEqualTo(
            """
            NAME    START (UTC)          END (UTC)            SIZE     STORED   WAL FROM                  PG
            a       2026-01-01 10:00:00  2026-01-01 10:00:30  3.0 GiB  1.0 GiB  000000010000000000000002  15.18
            longer  2026-01-02 10:00:00  -                    1.5 KiB  1.5 KiB  000000010000000000000009  9.6.24
            """);
  }

  @Test
  void text_ofNone() {
    assertThat(new BackupTable(List.of()).text(true)).isEqualTo("There are no base backups.\n");
  }
}
