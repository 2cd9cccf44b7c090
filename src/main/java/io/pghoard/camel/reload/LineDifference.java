// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import java.util.List;

/** The lines in which two short texts differ. */
record LineDifference(List<String> before, List<String> after) {
  LineDifference(String before, String after) {
    this(before.lines().toList(), after.lines().toList());
  }

  /** A line each, in order: {@code - } what is gone, {@code + } what is new; "" when none. */
  String text() {
    int[][] common = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        common[i][j] =
            before.get(i).equals(after.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    StringBuilder lines = new StringBuilder();
    int i = 0;
    int j = 0;
    while (i < before.size() || j < after.size()) {
      if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
        i++;
        j++;
      } else if (j == after.size() || (i < before.size() && common[i + 1][j] >= common[i][j + 1])) {
        lines.append("- ").append(before.get(i++)).append('\n');
      } else {
        lines.append("+ ").append(after.get(j++)).append('\n');
      }
    }
    return lines.toString();
  }
}
