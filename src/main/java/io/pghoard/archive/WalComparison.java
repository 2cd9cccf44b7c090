// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.codec.LimitedInputStream;
import io.pghoard.codec.LimitedInputStream.TooLongException;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.PlainObject;
import java.io.IOException;

/** Whether a stored object is the file that is offered, whole and readable. */
record WalComparison(WalOffer offer) {
  /**
   * Reads the object to its end.
   *
   * @throws WalConflictException when it is another file
   * @throws IOException when that could not be found out
   */
  void with(ObjectContent stored) throws IOException {
    String noted = stored.metadata().get("hash");
    String algorithm = stored.metadata().getOrDefault("hash-algorithm", "sha1");
    String own = offer.hash(algorithm);
    if (noted != null && !noted.equals(own)) {
      throw new WalConflictException(offer.key(), algorithm, own, noted);
    }
    // The noted hash says what was to be stored. PostgreSQL may delete its file once we say yes,
    // so we say it only of an object that was read to its end.
    String found;
    try (ObjectContent plain = PlainObject.of(offer.key(), stored)) {
      found = HashedContent.of(new LimitedInputStream(plain.stream(), offer.size()), algorithm);
    } catch (TooLongException e) {
      throw new WalConflictException(offer.key(), algorithm, own, "that of a longer file");
    } catch (IOException e) {
      throw new IOException(
          "%s is already stored but cannot be read: %s".formatted(offer.key(), e.getMessage()), e);
    }
    if (!found.equals(own)) {
      throw new WalConflictException(offer.key(), algorithm, own, found);
    }
  }
}
