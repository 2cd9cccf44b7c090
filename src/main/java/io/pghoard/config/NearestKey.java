// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** The known word that a misspelled one is nearest to, by edit distance. */
public final class NearestKey {
  /** Longer than any known word: what follows makes no word nearer. */
  private static final int LONGEST = 64;

  private NearestKey() {}

  /** The nearest of the known words; the first in the alphabet of equally near ones. */
  public static String of(String word, Collection<String> known) {
    String start = word.length() > LONGEST ? word.substring(0, LONGEST) : word;
    return known.stream()
        .min(
            Comparator.comparingInt((String other) -> cost(start, other))
                .thenComparing(Comparator.naturalOrder()))
        .orElseThrow();
  }

  /** The edit distance; a word that was only cut short is as near as one wrong letter. */
  private static int cost(String word, String other) {
    String from = word.toLowerCase(Locale.ROOT);
    String to = other.toLowerCase(Locale.ROOT);
    return from.length() > 2 && to.startsWith(from) ? 1 : distance(from, to);
  }

  /** How many letters must be put in, taken out, changed, or swapped with their neighbour. */
  static int distance(String from, String to) {
    int[][] costs = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        costs[i][j] = i == 0 || j == 0 ? i + j : cheapest(from, to, costs, i, j);
      }
    }
    return costs[from.length()][to.length()];
  }

  private static int cheapest(String from, String to, int[][] costs, int i, int j) {
    boolean same = from.charAt(i - 1) == to.charAt(j - 1);
    int cost = Math.min(costs[i - 1][j], costs[i][j - 1]) + 1;
    cost = Math.min(cost, costs[i - 1][j - 1] + (same ? 0 : 1));
    boolean swapped =
        i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1);
    return swapped ? Math.min(cost, costs[i - 2][j - 2] + 1) : cost;
  }
}
