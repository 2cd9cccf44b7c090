// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** An accepted WAL file, to be stored once it is known whether it continues what is stored. */
record WalObject(WalOffer offer, WalArchive archive) implements ObjectSource {
  @Override
  public InputStream content() throws IOException {
    return offer.content();
  }

  @Override
  public ObjectKey key() {
    return offer.key();
  }

  @Override
  public Map<String, String> metadata() throws IOException {
    return offer.metadata();
  }

  @Override
  public void ready(long size) throws IOException {
    archive.join(offer);
  }
}
