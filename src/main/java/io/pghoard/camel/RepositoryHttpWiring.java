// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.camel.http.HttpBaseBackup;
import io.pghoard.camel.http.HttpStored;
import io.pghoard.restore.BaseBackupTars;
import io.pghoard.restore.Preservations;
import org.apache.camel.spi.Registry;

/** The beans of the routes that give base backups and stored objects to other machines. */
record RepositoryHttpWiring(Wiring wiring) {
  void bind() {
    Registry registry = wiring.registry();
    long patience = wiring.duration("pghoard.http.request-time").toMillis();
    BaseBackupTars tars = new BaseBackupTars(wiring.sites(), wiring.repositories());
    registry.bind("httpBaseBackup", new HttpBaseBackup(tars, patience));
    registry.bind("httpStored", new HttpStored(wiring.sites(), patience));
    registry.bind("preservations", new Preservations(wiring.sites(), wiring.repositories()));
  }
}
