// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.JsonValue.Member;
import io.pghoard.config.JsonValue.ObjectValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the top of pghoard.json and its sites.
 *
 * @param home the directory of pghoard.json
 */
record ConfigReader(Section top, Path home) {
  private static final Range THREADS = new Range(1, 256);
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  PghoardConfig read() {
    Path backupLocation = backupLocation();
    int transferThreads = transferThreads();
    return new PghoardConfig(
        backupLocation,
        httpAddress(),
        top.whole("http_port", 16000, new Range(0, 65535)),
        hostNames(),
        credentials(),
        top.absolutePath("alert_file_dir", Path.of("").toAbsolutePath()),
        top.absolutePath("json_state_file_path", Path.of("/tmp/pghoard_state.json")),
        top.absolutePath("maintenance_mode_file", Path.of("/tmp/pghoard_maintenance_mode_file")),
        new LogReader(top).read(),
        new CompressionReader(top).read(),
        hashAlgorithm(),
        transferThreads,
        top.whole("restore_process_count", Math.min(PROCESSORS + 1, 20), THREADS),
        top.whole("restore_prefetch", transferThreads, new Range(0, 256)),
        top.whole("upload_retries_warning_limit", 3, new Range(0, 1_000_000)),
        routesDirectory(),
        sites(backupLocation));
  }

  private Path backupLocation() {
    if (!top.isSet("backup_location")) {
      top.missing(
          "backup_location", "set it to the absolute path of a directory for pghoard's own");
    }
    Path path = top.absolutePath("backup_location");
    return path == null ? Path.of("/") : path;
  }

  private String httpAddress() {
    String address = top.text("http_address", "");
    if (!address.matches("[A-Za-z0-9.:%_-]*") || address.matches("[^:]*:[0-9]+")) {
      top.wrong(
          "http_address",
          "this is not an address",
          "write an IP address or a host name without its port, or \"\" for all addresses");
    }
    return address;
  }

  private List<String> hostNames() {
    List<String> names = new ArrayList<>();
    for (String name : top.texts("http_host_names")) {
      if (name.matches("[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*")) {
        names.add(name.toLowerCase(Locale.ROOT));
      } else {
        top.wrong(
            "http_host_names",
            "there is a name in it that is no name of a host",
            "write host names or IP addresses, without a port");
      }
    }
    return List.copyOf(names);
  }

  private @Nullable Credentials credentials() {
    String username = top.text("webserver_username");
    String password = top.text("webserver_password");
    if (top.isSet("webserver_username") != top.isSet("webserver_password")) {
      boolean named = top.isSet("webserver_username");
      top.wrong(
          named ? "webserver_username" : "webserver_password",
          (named ? "webserver_password" : "webserver_username") + " is missing",
          "set both or none");
    }
    if (username == null || password == null) {
      return null;
    }
    if (username.isEmpty() || username.contains(":")) {
      top.wrong(
          "webserver_username",
          "HTTP Basic authentication allows neither an empty name nor one with a colon",
          "choose another name");
    }
    if (password.isEmpty()) {
      top.wrong("webserver_password", "the password is empty", "choose a password");
    }
    return new Credentials(username, password);
  }

  private String hashAlgorithm() {
    return top.choice(
        "hash_algorithm",
        "sha1",
        List.of(
            "md5",
            "sha1",
            "sha224",
            "sha256",
            "sha384",
            "sha512",
            "sha3_224",
            "sha3_256",
            "sha3_384",
            "sha3_512"));
  }

  private int transferThreads() {
    int whenMissing = Math.min(PROCESSORS + 3, 20);
    ObjectValue transfer = top.object("transfer");
    return transfer == null
        ? whenMissing
        : new Section(transfer, Keys.TRANSFER, top.problems())
            .whole("thread_count", whenMissing, THREADS);
  }

  private Path routesDirectory() {
    Path directory = top.path("routes_directory");
    return home.resolve(directory == null ? Path.of("routes") : directory).normalize();
  }

  private Map<SiteName, SiteConfig> sites(Path backupLocation) {
    Map<SiteName, SiteConfig> sites = new LinkedHashMap<>();
    Path program = top.absolutePath("pg_basebackup_path");
    Path receiver = top.absolutePath("pg_receivexlog_path");
    ObjectValue all = top.object("backup_sites");
    if (all == null) {
      return sites;
    }
    SiteContradictions contradictions = new SiteContradictions(top.problems(), backupLocation);
    for (Map.Entry<String, Member> entry : all.members().entrySet()) {
      Member member = entry.getValue();
      SiteName name = siteName(entry.getKey(), member.place(), sites.size());
      if (!(member.value() instanceof ObjectValue object)) {
        top.problems()
            .add(
                member.value().place(),
                "the site is " + member.value().kind(),
                "write an object in { }");
      } else {
        Section section = new Section(object, Keys.SITE, top.problems());
        SiteConfig site = new SiteReader(section, backupLocation, program, receiver).read(name);
        contradictions.check(site, section);
        sites.put(name, site);
      }
    }
    return sites;
  }

  /** The name, or one that stands in for it so that the site's own problems are found too. */
  private SiteName siteName(String text, Place place, int number) {
    try {
      return new SiteName(text);
    } catch (IllegalArgumentException refused) {
      top.problems()
          .add(
              place,
              "this is not a valid site name",
              "write up to 64 letters, digits, dots, dashes and underscores, the first one a letter"
                  + " or a digit");
      return new SiteName("unnamed-" + number);
    }
  }
}
