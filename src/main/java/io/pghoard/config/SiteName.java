// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.util.regex.Pattern;

/**
 * The name of a site, as {@code backup_sites} of pghoard.json and the HTTP paths have it: up to 64
 * letters, digits, dots, dashes and underscores, the first one a letter or a digit.
 */
public record SiteName(String text) {
  private static final Pattern TEXT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  public SiteName {
    if (!TEXT.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "not the name of a site (up to 64 letters, digits, dots, dashes and underscores, the first"
              + " one a letter or a digit): "
              + text);
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
