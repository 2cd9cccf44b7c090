// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import io.pghoard.alert.ScrubAlert;
import io.pghoard.backup.BaseBackupSchedule;
import io.pghoard.camel.http.HttpVerifications;
import io.pghoard.config.Sites;
import io.pghoard.repository.Repositories;
import io.pghoard.scrub.Scrub;
import io.pghoard.verify.Verifications;
import io.pghoard.verify.Verifier;
import org.apache.camel.spi.Registry;

/** The beans of the routes that read what is stored. */
record ScrubWiring(Wiring wiring) {
  /** After the base backups' beans. */
  void bind() {
    Registry registry = wiring.registry();
    Sites sites = wiring.sites();
    Repositories repositories = wiring.repositories();
    Scrub scrub = new Scrub(sites, repositories, wiring.clock(), System::nanoTime);
    registry.bind("scrub", scrub);
    registry.bind("verifier", new Verifier(sites, repositories, scrub));
    Verifications verifications = new Verifications(sites, wiring.clock());
    registry.bind("httpVerifications", new HttpVerifications(verifications));
    BaseBackupSchedule schedule =
        registry.lookupByNameAndType("baseBackupSchedule", BaseBackupSchedule.class);
    registry.bind("scrubAlert", new ScrubAlert(scrub, sites, repositories, schedule));
  }
}
