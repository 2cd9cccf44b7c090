// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.http;

import io.pghoard.archive.FetchedWal;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;

/** Sends a WAL file as the answer to a request, and lets go of it whatever the client does. */
record HttpFile(HttpServerRequest request, long patienceMillis) {
  void send(FetchedWal file) throws IOException {
    try (InputStream in = file.open();
        HttpOutput out = new HttpOutput(request, patienceMillis)) {
      out.response()
          .setStatusCode(200)
          .putHeader("Content-Type", "application/octet-stream")
          .putHeader("Content-Length", Long.toString(file.size()))
          .putHeader("metadata-hash", file.hash())
          .putHeader("metadata-hash-algorithm", file.hashAlgorithm());
      in.transferTo(out);
      out.finish();
    } catch (HttpOutput.ClientGoneException e) {
      // Nobody is there to be told.
      return;
    }
  }
}
