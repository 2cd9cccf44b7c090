// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.postgres.WalFileName.Kind;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.ObjectStore;
import io.pghoard.repository.SiteKeys;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a .partial or .backup file is kept when another one has its name already: PostgreSQL never
 * asks for these, so that two of one name need not end archiving.
 */
record SpareName(ObjectStore store, SiteKeys keys, String hashAlgorithm) {
  private static final Logger LOG = LoggerFactory.getLogger(SpareName.class);

  /** The offer itself, or the same file under another key. */
  WalOffer of(WalOffer offer) throws IOException {
    Kind kind = offer.name().kind();
    if ((kind != Kind.PARTIAL && kind != Kind.BACKUP) || !isTaken(offer)) {
      return offer;
    }
    ObjectKey spare = keys.otherWal(offer.name(), offer.hash(hashAlgorithm));
    LOG.warn(
        "Site {}: {} differs from the object stored under that name; it is stored as {}",
        offer.site(),
        offer.name(),
        spare);
    return offer.under(spare);
  }

  private boolean isTaken(WalOffer offer) throws IOException {
    try (ObjectContent stored = store.get(offer.key())) {
      new WalComparison(offer).with(stored);
      return false;
    } catch (ObjectMissingException e) {
      return false;
    } catch (WalConflictException e) {
      return true;
    }
  }
}
