// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.util.regex.Pattern;

/** Reads {@code prefix}: slash-separated parts that may be parts of an object key. */
record PrefixReader(Section section) {
  private static final Pattern PART = Pattern.compile("(?!\\.)[!-~&&[^\\\\]]{1,200}");

  /** The prefix without slashes at its ends; of a wrong one, the prefix for a missing one. */
  String read(String whenMissing) {
    String prefix = section.text("prefix", whenMissing).replaceAll("^/+|/+$", "");
    if (prefix.isEmpty() && whenMissing.isEmpty()) {
      return prefix;
    }
    for (String part : prefix.split("/", -1)) {
      if (!PART.matcher(part).matches() || part.contains(".metadata")) {
        section.wrong(
            "prefix",
            "this is not a valid object key prefix",
            "write parts of printable ASCII with one slash between, none of them empty, none with a"
                + " dot as its first letter, none with .metadata in it");
        return whenMissing;
      }
    }
    return prefix;
  }
}
