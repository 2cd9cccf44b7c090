// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import static io.pghoard.repository.sftp.SftpDirectory.put;
import static io.pghoard.repository.sftp.SftpDirectory.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.ObjectMissingException;
import io.pghoard.repository.PermanentStorageException;
import io.pghoard.repository.SmallFileSystem;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A site on an SFTP server that refuses: keys, names, rights, and room on its disk. */
@Timeout(120)
class SftpRefusalsIT {
  @RegisterExtension static final SftpDirectory DIRECTORY = new SftpDirectory();

  private static final ObjectKey KEY = new ObjectKey("main/xlog/x");
  private static final ObjectKey OTHER = new ObjectKey("main/xlog/y");
  private static final byte[] LARGE = new byte[4 << 20];

  static {
    new Random(1).nextBytes(LARGE);
  }

  @Test
  void wrongHostKey_isRefusedWithWhatToDo() throws Exception {
    String rsa = DIRECTORY.server().hostKey("rsa");
    String stranger = Files.readString(DIRECTORY.server().key("stranger.pub")).trim();
    // Often, as the refusal may come before or after the connection is handed on.
    for (int i = 0; i < 25; i++) {
      refused(
          storage -> storage.put("host_key", stranger),
          "the server shows the key ssh-ed25519 SHA256:",
          "host_key has another one",
          "ssh-keyscan -p");
    }
    refused(
        storage -> storage.put("host_key", "SHA256:" + "A".repeat(43)), "host_key has another one");
    Path knownHosts = DIRECTORY.path().resolve("known_hosts");
    Files.writeString(knownHosts, "elsewhere " + rsa + "\n");
    Consumer<ObjectNode> byFile =
        storage -> storage.put("known_hosts", knownHosts.toString()).remove("host_key");
    refused(byFile, knownHosts + " has no key for it");
    Files.writeString(
        knownHosts,
        "@revoked [127.0.0.1]:%d %s\n"
            .formatted(DIRECTORY.server().port(), DIRECTORY.server().hostKey("ed25519")));
    refused(byFile, "is revoked in");
    Files.delete(knownHosts);
    refused(byFile, "cannot read known_hosts, " + knownHosts);
  }

  private static void refused(Consumer<ObjectNode> edit, String... words) throws Exception {
    try (SftpObjectStore store = DIRECTORY.store(edit)) {
      assertThatThrownBy(() -> store.keys(""))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageStartingWith("cannot list")
          .hasMessageContainingAll(words);
    }
  }

  @Test
  void hostKey_isKnownInEachOfItsForms() throws Exception {
    String address = "[127.0.0.1]:" + DIRECTORY.server().port() + " ";
    Path knownHosts = DIRECTORY.path().resolveSibling("known_hosts");
    // The server prefers its other key; it is asked for the one that is known.
    Files.writeString(knownHosts, address + DIRECTORY.server().hostKey("rsa") + "\n");
    String pem = Files.readString(DIRECTORY.server().key("client-rsa"));
    for (Consumer<ObjectNode> form :
        List.<Consumer<ObjectNode>>of(
            storage -> storage.put("known_hosts", knownHosts.toString()).remove("host_key"),
            storage -> storage.put("host_key", DIRECTORY.server().hostKey("rsa")),
            storage -> storage.put("is_verify_host_key", false).remove("host_key"),
            storage -> storage.put("private_key", pem))) {
      try (SftpObjectStore store = DIRECTORY.store(form)) {
        assertThat(store.keys("")).isEmpty();
      }
    }
  }

  @Test
  void wrongCredential_isToldWithoutIt() throws Exception {
    String key = Files.readString(DIRECTORY.server().key("stranger"));
    String secret = key.lines().skip(2).findFirst().orElseThrow();
    for (Consumer<ObjectNode> wrong :
        List.<Consumer<ObjectNode>>of(
            storage -> storage.put("private_key", key),
            storage -> storage.put("password", "my-password").remove("private_key"))) {
      try (SftpObjectStore store = DIRECTORY.store(wrong)) {
        assertThatThrownBy(() -> put(store, KEY, LARGE))
            .isInstanceOf(PermanentStorageException.class)
            .hasMessageContaining("does not let")
            .satisfies(
                failure -> assertThat(stackTrace(failure)).doesNotContain(secret, "my-password"));
      }
    }
    String broken = key.replace(secret, secret.substring(1) + "?");
    try (SftpObjectStore store = DIRECTORY.store(storage -> storage.put("private_key", broken))) {
      assertThatThrownBy(() -> store.keys(""))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("private_key")
          .satisfies(
              failure -> assertThat(stackTrace(failure)).doesNotContain(secret.substring(1)));
    }
  }

  @Test
  void unknownName_isTold() throws Exception {
    try (SftpObjectStore store =
        DIRECTORY.store(storage -> storage.put("server", "no-such-server.invalid"))) {
      assertThatThrownBy(() -> store.keys(""))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(
              "the host name of no-such-server.invalid cannot be resolved; check server and DNS");
    }
  }

  private static String stackTrace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void readOnly_isPermanent() throws Exception {
    try (SftpObjectStore store = DIRECTORY.store()) {
      put(store, KEY, LARGE);
      DIRECTORY.server().restart("-R");
      try {
        for (ThrowingCallable call :
            List.<ThrowingCallable>of(() -> put(store, OTHER, LARGE), () -> store.delete(KEY))) {
          assertThatThrownBy(call)
              .isInstanceOf(PermanentStorageException.class)
              .hasMessageContaining("Permission denied")
              .hasMessageContaining("set to read only");
        }
        assertThat(read(store, KEY)).isEqualTo(LARGE);
      } finally {
        DIRECTORY.server().restart("");
      }
      Path xlog = DIRECTORY.path().resolve("main/xlog");
      Files.setPosixFilePermissions(xlog, PosixFilePermissions.fromString("r-x------"));
      assertThatThrownBy(() -> put(store, OTHER, LARGE))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining(xlog.toString());
    }
  }

  @Test
  void fullDisk_leavesNothingAndPasses() throws Exception {
    try (SmallFileSystem disk = SmallFileSystem.mount(DIRECTORY.path(), 2 << 20);
        SftpObjectStore store = DIRECTORY.store()) {
      Files.setPosixFilePermissions(disk.directory(), PosixFilePermissions.fromString("rwxrwxrwx"));
      assertThatThrownBy(() -> put(store, KEY, LARGE))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("no space left on its file system");
      assertThat(DIRECTORY.files()).isEmpty();
      disk.resize(8 << 20);
      put(store, KEY, LARGE);
      disk.makeReadOnly();
      assertThatThrownBy(() -> put(store, OTHER, LARGE))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("read-only");
    }
  }

  @Test
  void directoryThatIsMissing_isNoEmptyRepository() throws Exception {
    String missing = DIRECTORY.path() + "/not/mounted";
    try (SftpObjectStore store = DIRECTORY.store(storage -> storage.put("directory", missing))) {
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> store.get(KEY),
              () -> store.keys(""),
              () -> store.list("main/"),
              () -> store.delete(List.of(KEY)),
              () -> put(store, KEY, LARGE))) {
        assertThatThrownBy(call)
            .isInstanceOf(IOException.class)
            .isNotInstanceOf(ObjectMissingException.class)
            .hasMessageContaining("there is no directory " + missing);
      }
    }
    try (SftpObjectStore below =
        DIRECTORY.store(
            storage ->
                storage.put("prefix", DIRECTORY.path() + "/not/there/yet").remove("directory"))) {
      assertThat(below.keys("")).isEmpty();
      put(below, KEY, LARGE);
      assertThat(read(below, KEY)).isEqualTo(LARGE);
    }
    assertThat(DIRECTORY.files()).contains("not/there/yet/main/xlog/x");
  }
}
