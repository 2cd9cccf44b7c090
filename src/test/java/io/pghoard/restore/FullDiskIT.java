// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.repository.SmallFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restore whose disk is full at any of its files, and that is repeated once there is space. */
class FullDiskIT {
  private static final int ENOUGH = 100;

  private SmallFileSystem disk;
  private Path target;

  @BeforeEach
  void mount(@TempDir Path directory) throws IOException {
    disk = SmallFileSystem.mount(directory.resolve("disk"), 8 << 20);
    target = disk.directory().resolve("data");
  }

  @AfterEach
  void unmount() throws IOException {
    disk.close();
  }

  private SmallRestore restore() throws IOException {
    return new SmallRestore(target, disk.directory().resolve("fast"), true);
  }

  @Test
  void diskThatIsFullAtAnyFile_leavesNothingThatStarts_andTheRestoreIsRepeated()
      throws IOException {
    int failures = 0;
    for (int room = 1; room < ENOUGH; room++) {
      disk.limitFiles(1 + room);
      try {
        restore().run();
        break;
      } catch (IOException e) {
        failures++;
        assertThat(e).hasMessageContaining("No space left on device");
        assertThat(target.resolve("global/pg_control")).doesNotExist();
        String[] names = target.toFile().list();
        if (names != null && names.length > 0) {
          assertThat(names).contains(TargetDirectory.MARK);
          assertThatThrownBy(() -> new TargetDirectory(target).requireUsableForCluster(false))
              .isInstanceOf(RestoreRefusedException.class)
              .hasMessageContaining("ask to overwrite it");
        }
      }
    }
    assertThat(failures).isBetween(10, ENOUGH - 2);
    assertThat(target.resolve("global/pg_control")).hasBinaryContent(SmallRestore.CONTROL);
    assertThat(target.resolve("base/1/1259")).hasBinaryContent(SmallRestore.TABLE);
    assertThat(target.resolve(TargetDirectory.MARK)).doesNotExist();
  }
}
