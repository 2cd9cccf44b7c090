// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

/**
 * One thing that is wrong with a configuration: where, why, and what to do about it. Never holds a
 * secret.
 *
 * @param path of the value in the file, as RFC 9535 writes it: {@code $.backup_sites.main.nodes[0]}
 * @param line in the file, from 1; 0 when the file as a whole is meant
 * @param column in the line, from 1; 0 when the file as a whole is meant
 */
public record Problem(String path, int line, int column, String cause, String remedy) {
  static Problem at(Place place, String cause, String remedy) {
    return new Problem(place.path(), place.line(), place.column(), cause, remedy);
  }

  @Override
  public String toString() {
    String place = line == 0 ? path : path + " (line " + line + ", column " + column + ")";
    return place + ": " + cause + "; " + remedy;
  }
}
