// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import java.util.List;
import java.util.Locale;

/** Rows of words whose columns are aligned, for a terminal. */
record TextTable(List<List<String>> rows) {
  TextTable {
    rows = List.copyOf(rows);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < rows.size(); row++) {
      text.append(line(row));
    }
    return text.toString();
  }

  /** One row, with a line feed. */
  String line(int row) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < rows.get(row).size(); column++) {
      int width = 0;
      for (List<String> each : rows) {
        width = Math.max(width, each.get(column).length());
      }
      line.append(line.isEmpty() ? "" : "  ")
          .append(String.format(Locale.ROOT, "%-" + width + "s", rows.get(row).get(column)));
    }
    return line.toString().stripTrailing() + "\n";
  }
}
