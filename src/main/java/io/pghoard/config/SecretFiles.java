// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.postgres.PostgresText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The files of a configuration that hold passwords and keys.
 *
 * @param file pghoard.json
 */
public record SecretFiles(Path file, PghoardConfig config) {
  private static final Pattern SECRET =
      Pattern.compile(
          "\"(webserver_password|aws_secret_access_key|account_key|sas_token|credentials|private_key"
              + "|sslpassword|password)\"|\\bpassword *=|://[^/@\\s\"]*:[^/@\\s\"]*@");

  /** Those that everybody on this machine may read. */
  public List<Path> readByAll() throws IOException {
    List<Path> open = new ArrayList<>();
    for (Path secret : all()) {
      if (Files.exists(secret) && FileRights.readByAll(secret)) {
        open.add(secret);
      }
    }
    return open;
  }

  private List<Path> all() throws IOException {
    List<Path> all = new ArrayList<>();
    if (SECRET.matcher(PostgresText.read(file)).find()) {
      all.add(file);
    }
    for (SiteConfig site : config.sites().values()) {
      Path key =
          switch (site.storage().type()) {
            case GOOGLE -> ((GoogleStorage) site.storage()).key().file();
            case SFTP -> ((SftpStorage) site.storage()).login().keyFile();
            case LOCAL, S3, AZURE, ROUTED, DAEMON -> null;
          };
      if (key != null) {
        all.add(key);
      }
    }
    return all;
  }
}
