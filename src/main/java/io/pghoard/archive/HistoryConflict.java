// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.pghoard.repository.ForeignClusterException;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.PlainObject;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import java.io.InputStream;

/** Two histories of one timeline: two servers were promoted, and neither knew of the other. */
record HistoryConflict(ObjectStore store, SiteKeys keys) {
  private static final int SHOWN = 500;

  /** Says whose each of the two is, as far as it is known. */
  WalConflictException of(WalOffer offer) throws IOException {
    String here;
    try (InputStream content = offer.content()) {
      here = text(content);
    }
    String host;
    String there;
    try (ObjectContent stored = PlainObject.get(store, offer.key())) {
      host = stored.metadata().getOrDefault("host", "an unknown host");
      there = text(stored.stream());
    }
    return new WalConflictException(
        "%s is already stored with different content: the stored file, archived on %s, says \"%s\"; the new file, from %s, says \"%s\""
            .formatted(
                offer.key(), host, there, offer.metadata().getOrDefault("host", "this host"), here),
        "two servers were promoted to the same timeline, and only one of them can archive to this site: stop the other one; if this server is the one to keep, "
            + ForeignClusterException.edit(keys));
  }

  /** Its lines in one; the reasons in them may be in any encoding. */
  private static String text(InputStream in) throws IOException {
    String text = new String(in.readNBytes(WalAcceptance.LONGEST_TEXT), ISO_8859_1);
    String line = String.join("; ", text.lines().filter(each -> !each.isBlank()).toList());
    String shown = line.replaceAll("[^ -~]+", " ");
    return shown.length() > SHOWN ? "... " + shown.substring(shown.length() - SHOWN) : shown;
  }
}
