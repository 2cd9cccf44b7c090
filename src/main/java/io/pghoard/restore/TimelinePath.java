// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.repository.WalChain;
import java.util.List;

/**
 * The timelines that recovery goes through.
 *
 * @param timeline the last one, unsigned
 * @param switches where those before it were left, the oldest first
 */
record TimelinePath(int timeline, List<WalChain.Switch> switches) {
  TimelinePath {
    switches = List.copyOf(switches);
  }
}
