// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The puts of which nobody knows how they ended, as the answer was lost: when one is repeated and
 * its object is there, the first try has put it.
 */
public final class LostAnswers {
  private final Map<ObjectKey, String> hashes = new ConcurrentHashMap<>();

  /** A put failed, and may have put its object all the same. */
  public void add(ObjectKey key, Sidecar sidecar) {
    if (sidecar.sha256() != null) {
      hashes.put(key, sidecar.sha256());
    }
  }

  /** The object was put, or given up. */
  public void forget(ObjectKey key) {
    hashes.remove(key);
  }

  /**
   * Whether a put of these bytes is such a one.
   *
   * @param stored the hash of the object that is there, which may be another writer's; or ""
   */
  public boolean isOf(ObjectKey key, Sidecar sidecar, String stored) {
    return stored.equals(sidecar.sha256()) && hashes.remove(key, stored);
  }

  /** The same of a body, which is read to its end when that can be. */
  public boolean isOf(ObjectKey key, InputStream body, String stored) throws IOException {
    if (!stored.equals(hashes.get(key))) {
      return false;
    }
    DigestInputStream hashed = new DigestInputStream(body, CheckedContent.sha256());
    hashed.transferTo(OutputStream.nullOutputStream());
    return hashes.remove(key, HexFormat.of().formatHex(hashed.getMessageDigest().digest()));
  }
}
