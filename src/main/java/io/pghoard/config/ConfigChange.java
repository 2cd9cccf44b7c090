// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The way from the configuration in force to the one that pghoard.json has now.
 *
 * @param running in force
 * @param wanted read and checked
 */
public record ConfigChange(PghoardConfig running, PghoardConfig wanted) {
  /** The keys at the top whose change takes a restart. */
  public List<String> untilRestart() {
    List<String> keys = new ArrayList<>();
    note(keys, "http_address", running.httpAddress(), wanted.httpAddress());
    note(keys, "http_port", running.httpPort(), wanted.httpPort());
    note(keys, "alert_file_dir", running.alertFileDirectory(), wanted.alertFileDirectory());
    note(keys, "compression", running.compression(), wanted.compression());
    note(keys, "restore_process_count", running.restoreThreads(), wanted.restoreThreads());
    note(keys, "routes_directory", running.routesDirectory(), wanted.routesDirectory());
    return keys;
  }

  private static void note(List<String> keys, String key, Object before, Object after) {
    if (!before.equals(after)) {
      keys.add(key);
    }
  }

  /**
   * What can be in force now: all that is wanted, but for what takes a restart, and for the sites
   * that are at work, which stay as they are until that has ended.
   *
   * @param busy whether a site is at work that a change would cut off
   */
  public PghoardConfig next(Predicate<SiteName> busy) {
    Map<SiteName, SiteConfig> sites = new LinkedHashMap<>();
    running.sites().values().stream()
        .filter(site -> !site.equals(wanted.sites().get(site.name())) && busy.test(site.name()))
        .forEach(site -> sites.put(site.name(), site));
    Map<SiteName, SiteConfig> inOrder = new LinkedHashMap<>();
    for (SiteConfig site : wanted.sites().values()) {
      SiteConfig kept = sites.remove(site.name());
      if (kept != null) {
        inOrder.put(site.name(), kept);
      } else if (sites.values().stream().noneMatch(other -> samePlace(site, other))) {
        inOrder.put(site.name(), site);
      }
    }
    inOrder.putAll(sites);
    return new PghoardConfig(
        running.backupLocation(),
        running.httpAddress(),
        running.httpPort(),
        wanted.httpHostNames(),
        wanted.credentials(),
        running.alertFileDirectory(),
        wanted.stateFile(),
        wanted.maintenanceModeFile(),
        wanted.log(),
        running.compression(),
        wanted.hashAlgorithm(),
        wanted.transferThreads(),
        running.restoreThreads(),
        wanted.restorePrefetch(),
        wanted.uploadRetriesWarningLimit(),
        running.routesDirectory(),
        inOrder);
  }

  /** A site that was renamed takes its objects over when the one of the old name has ended. */
  private static boolean samePlace(SiteConfig one, SiteConfig other) {
    return one.prefix().equals(other.prefix())
        && one.storage().place().equals(other.storage().place());
  }

  /** The sites in force that are to be no more, or inactive: their work is to end. */
  public List<SiteName> leaving() {
    return running.sites().values().stream()
        .filter(SiteConfig::active)
        .map(SiteConfig::name)
        .filter(name -> !wanted.sites().containsKey(name) || !wanted.sites().get(name).active())
        .toList();
  }

  /** The sites that are not the same in both: new, gone, or other than before. */
  public Set<SiteName> sites() {
    Set<SiteName> all = new TreeSet<>((a, b) -> a.text().compareTo(b.text()));
    all.addAll(running.sites().keySet());
    all.addAll(wanted.sites().keySet());
    all.removeIf(
        name ->
            running.sites().containsKey(name)
                && running.sites().get(name).equals(wanted.sites().get(name)));
    return all;
  }

  /** The sites of the wanted configuration that are new or other than before. */
  public List<SiteConfig> changedSites() {
    Set<SiteName> changed = sites();
    return wanted.sites().values().stream().filter(site -> changed.contains(site.name())).toList();
  }
}
