// SPDX-License-Identifier: Apache-2.0
package io.pghoard.restore;

import io.pghoard.postgres.ConfigurationLine;
import io.pghoard.postgres.PostgresText;
import io.pghoard.restore.RestoredConfiguration.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Those settings of a restored cluster that name files, and which of them lead elsewhere. */
final class PathSettings {
  /** Nothing outside is this cluster's: it would be written, emptied or taken for the cluster. */
  private static final Set<String> OWN =
      Set.of("data_directory", "external_pid_file", "stats_temp_directory");

  /** Read only, so that a file of this machine may be meant, such as one below /etc. */
  private static final Set<String> AUTHENTICATION = Set.of("hba_file", "ident_file");

  private static final Set<String> OTHERS =
      Set.of(
          "log_directory",
          "ssl_cert_file",
          "ssl_key_file",
          "ssl_ca_file",
          "ssl_crl_file",
          "ssl_crl_dir",
          "ssl_dh_params_file",
          "krb_server_keyfile");

  private final ClusterPaths paths;

  PathSettings(ClusterPaths paths) {
    this.paths = paths;
  }

  /** What is to become of a line that sets something; null: it stays, and nobody need know. */
  @Nullable Verdict judge(ConfigurationLine line) {
    String name = line.name();
    String value = line.value();
    if (name == null || value.isEmpty()) {
      return null;
    }
    boolean authentication = AUTHENTICATION.contains(name);
    boolean own = OWN.contains(name);
    if (!own && !authentication && !OTHERS.contains(name)) {
      return null;
    }
    // hba_file, ident_file and data_directory go by the directory in which somebody starts it.
    if (!value.startsWith("/") && (authentication || name.equals("data_directory"))) {
      return authentication
          ? null
          : Verdict.ineffective(line, "depends on where the server is started");
    }
    Path file = ClusterPaths.resolve(paths.data(), value);
    if (file == null) {
      return null;
    }
    if (name.equals("data_directory")) {
      return paths.holds(file) && paths.holds(paths.data()) && isData(file)
          ? null
          : Verdict.ineffective(line, "is not the restored data directory");
    }
    if (paths.holds(file)) {
      return null;
    }
    Path other = paths.otherCluster(file);
    Path here = other == null ? null : paths.counterpart(file, other);
    if (authentication && here != null && here.equals(usual(name))) {
      // The server takes that one by itself, and a clone of this cluster takes its own.
      return Verdict.ineffective(line, "leads to another cluster's file");
    }
    if (here != null && !own) {
      // Relative, hba_file would go by the directory in which the server is started.
      String now = authentication ? here.toString() : paths.data().relativize(here).toString();
      return Verdict.changed(
          line, "leads to another cluster's files", ConfigurationLine.of(name, now));
    }
    if (own || other != null) {
      return Verdict.ineffective(
          line, "leads " + (other == null ? "out of the restored cluster" : "to another cluster"));
    }
    if (!authentication) {
      return null;
    }
    return Files.exists(file)
        ? new Verdict(
            PostgresText.shown(line.text().strip())
                + " names a file that is not in the backup: the one of this machine is used",
            null)
        : Verdict.ineffective(
            line,
            "names a file that is neither in the backup nor on this machine; "
                + (name.equals("hba_file") ? "look at the pg_hba.conf of the" : "the one of the")
                + " restored data directory before you start the server");
  }

  /** The file that the server reads when the setting says nothing. */
  private Path usual(String name) {
    return paths.data().resolve(name.equals("hba_file") ? "pg_hba.conf" : "pg_ident.conf");
  }

  private boolean isData(Path file) {
    try {
      return Files.isSameFile(file, paths.data());
    } catch (java.io.IOException e) {
      return false;
    }
  }

  /** What of the settings in force keeps the server from starting here, or from working. */
  List<String> remarks(Map<String, String> settings) {
    List<String> remarks = new ArrayList<>();
    if (isOn(settings.getOrDefault("ssl", "off"))) {
      settings.forEach(
          (name, value) -> {
            if (name.startsWith("ssl_") && OTHERS.contains(name) && value.startsWith("/")) {
              requireExists(name, value, remarks);
            }
          });
    }
    for (String socket : settings.getOrDefault("unix_socket_directories", "").split(",", -1)) {
      String directory = socket.strip().replaceAll("^\"|\"$", "");
      if (directory.startsWith("/")) {
        requireExists("unix_socket_directories", directory, remarks);
      }
    }
    return remarks;
  }

  private void requireExists(String name, String value, List<String> remarks) {
    Path file = ClusterPaths.resolve(paths.data(), value);
    if (file != null && !Files.exists(file)) {
      remarks.add(
          "%s names %s, which does not exist on this machine: create it, or change the setting"
                  .formatted(name, file)
              + " in the restored configuration, or the server may not start");
    }
  }

  /** Whether a boolean setting is on, as PostgreSQL's parse_bool sees it. */
  static boolean isOn(String value) {
    String word = value.toLowerCase(Locale.ROOT);
    return word.equals("1")
        || word.equals("on")
        || (!word.isEmpty() && ("true".startsWith(word) || "yes".startsWith(word)));
  }
}
