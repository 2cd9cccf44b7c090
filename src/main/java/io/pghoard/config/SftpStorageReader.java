// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import io.pghoard.config.SftpStorage.HostKeyRule;
import io.pghoard.config.SftpStorage.Login;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads an {@code object_storage} of type {@code sftp}. */
record SftpStorageReader(Section storage) {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|[0-9a-fA-F:]+");
  private static final Pattern KEY = Pattern.compile("[a-z0-9@.-]+ [A-Za-z0-9+/]{32,}={0,2}( .*)?");
  private static final Pattern FINGERPRINT = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");
  private static final int PORT = 22;

  SftpStorage read() {
    RemoteAccess access = new RemoteAccessReader(storage).read();
    if (access.proxy() != null) {
      storage.wrong(
          "proxy_info",
          "SFTP does not support a proxy",
          "remove proxy_info, and set server and port to what forwards to the server");
    }
    String server = server();
    int port = storage.whole("port", PORT, new Range(1, 65_535));
    String prefix = new PrefixReader(storage).read("");
    return new SftpStorage(
        server, port, login(), hostKey(server, port), directory(), prefix, access);
  }

  private String server() {
    String server = storage.text("server");
    if (server == null || !HOST.matcher(server).matches()) {
      if (server == null) {
        storage.missing("server", "set it to the name or the address of the server");
      } else {
        storage.wrong(
            "server",
            "\"" + server + "\" is neither a host name nor an address",
            "write only the name; the port stands in port, the user in username");
      }
      return "missing";
    }
    return server;
  }

  private Login login() {
    String username = storage.text("username");
    if (username == null || username.isEmpty()) {
      storage.missing("username", "set it to the account's name on the server");
      username = "missing";
    }
    String password = storage.text("password");
    String privateKey = storage.text("private_key");
    if (password == null && privateKey == null) {
      storage.missing(
          "private_key",
          "set it to the path of a private key, or to the key itself in PEM; or set password");
    }
    if (privateKey != null && !isUsable(privateKey)) {
      privateKey = null;
    }
    return new Login(username, password, privateKey);
  }

  /** Says nothing of a key's own text: what is no path may be a piece of one. */
  private boolean isUsable(String privateKey) {
    if (!Login.isPem(privateKey)) {
      if (privateKey.startsWith("/") && privateKey.indexOf('\0') < 0) {
        return true;
      }
      storage.wrong(
          "private_key",
          "this is neither a key in PEM nor an absolute path",
          "write the whole path of the file that ssh-keygen made");
    } else if (!privateKey.contains("PRIVATE KEY-----")) {
      storage.wrong(
          "private_key",
          "this is not a private key",
          "write the one that ssh-keygen made, not .pub");
    } else if (privateKey.contains("ENCRYPTED")) {
      storage.wrong(
          "private_key",
          "the key is protected by a passphrase",
          "write one without: ssh-keygen -p -N '' -f FILE");
    } else {
      return true;
    }
    return false;
  }

  private HostKeyRule hostKey(String server, int port) {
    String key = storage.text("host_key");
    Path knownHosts = storage.absolutePath("known_hosts");
    boolean checked = storage.truth("is_verify_host_key", true);
    if (key != null && storage.isSet("known_hosts")) {
      storage.wrong("known_hosts", "host_key is set as well", "remove one of them");
    }
    if (!checked && (key != null || storage.isSet("known_hosts"))) {
      storage.wrong(
          "is_verify_host_key",
          "it is false, but the server's key is set",
          "remove it, so that the key is compared");
    }
    if (checked && key == null && !storage.isSet("known_hosts")) {
      storage.missing(
          "host_key",
          ("set it to the server's public key, as \"ssh-keyscan -p %d %s\" prints it behind the"
                  + " name, once its administrator has confirmed it; or known_hosts to a file")
              .formatted(port, server));
    }
    if (key != null && !KEY.matcher(key).matches() && !FINGERPRINT.matcher(key).matches()) {
      storage.wrong(
          "host_key",
          "this is neither a public key nor a fingerprint",
          "write \"ssh-ed25519 AAAA...\" as ssh-keyscan prints it behind the server's name, or"
              + " \"SHA256:...\"");
      key = null;
    }
    return new HostKeyRule(key, knownHosts);
  }

  /** An absolute {@code prefix} starts at the server's root, as the Python pghoard has it. */
  private String directory() {
    String prefix = storage.text("prefix");
    String directory = text("directory");
    if (prefix != null && prefix.startsWith("/")) {
      if (directory != null) {
        storage.wrong(
            "prefix",
            "it is an absolute path, and so is directory",
            "write it without the slash in front, below directory");
      }
      return "/";
    }
    if (directory == null) {
      return "";
    }
    String trimmed = directory.replaceAll("(?<=.)/+$", "");
    if (trimmed.isEmpty() || !trimmed.chars().allMatch(c -> c >= ' ' && c != 127)) {
      storage.wrong(
          "directory",
          "this is not a valid directory name",
          "write its absolute path on the server");
      return "";
    }
    return trimmed;
  }

  private @Nullable String text(String key) {
    return storage.isSet(key) ? storage.text(key) : null;
  }
}
