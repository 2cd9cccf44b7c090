// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import java.io.IOException;
import java.nio.file.Path;

/** What a directory has to be for a restore to write there. */
interface TargetRule {
  /**
   * Refuses a directory.
   *
   * @throws RestoreRefusedException with the reason
   */
  void require(Path directory) throws IOException;
}
