// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pghoard.config.RemoteAccess;
import io.pghoard.config.SftpStorage;
import io.pghoard.config.SftpStorage.HostKeyRule;
import io.pghoard.config.SftpStorage.Login;
import io.pghoard.repository.ObjectContent;
import io.pghoard.repository.ObjectExistsException;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.PermanentStorageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server of another make, which asks for a password and has none of OpenSSH's extensions. */
@Timeout(60)
class SftpOtherServerIT {
  private static final ObjectKey KEY = new ObjectKey("main/xlog/x");

  @Test
  void serverWithoutExtensions_holdsObjects(@TempDir Path directory) throws Exception {
    try (SshServer server = server(directory);
        SftpObjectStore store = new SftpObjectStore(storage(server, "right", ""))) {
      byte[] body = "body".getBytes(UTF_8);
      store.put(KEY, Map.of("a", "b"), new ByteArrayInputStream(body));

      assertThatThrownBy(() -> store.put(KEY, Map.of(), new ByteArrayInputStream(body)))
          .isInstanceOf(ObjectExistsException.class);
      try (ObjectContent content = store.get(KEY)) {
        assertThat(content.stream().readAllBytes()).isEqualTo(body);
        assertThat(content.metadata()).isEqualTo(Map.of("a", "b"));
      }
      assertThat(store.list("main/")).hasSize(1);
      assertThat(directory.resolve("main/xlog/x")).hasBinaryContent(body);
      store.delete(KEY);
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void wrongPassword_isToldWithoutIt(@TempDir Path directory) throws Exception {
    try (SshServer server = server(directory);
        SftpObjectStore store = new SftpObjectStore(storage(server, "not-the-one", ""))) {
      assertThatThrownBy(() -> store.keys(""))
          .isInstanceOf(PermanentStorageException.class)
          .hasMessageContaining("does not let pghoard log in; check username and password")
          .hasMessageNotContaining("not-the-one");
    }
  }

  private static SshServer server(Path directory) throws IOException {
    SshServer server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setPort(0);
    server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider());
    server.setPasswordAuthenticator(
        (user, password, session) -> user.equals("pghoard") && password.equals("right"));
    server.setFileSystemFactory(new VirtualFileSystemFactory(directory));
    server.setSubsystemFactories(List.of(new SftpSubsystemFactory.Builder().build()));
    SftpModuleProperties.OPENSSH_EXTENSIONS.set(server, "");
    SftpModuleProperties.CLIENT_EXTENSIONS.set(server, "");
    server.start();
    return server;
  }

  private static SftpStorage storage(SshServer server, String password, String root)
      throws Exception {
    String print =
        KeyUtils.getFingerPrint(
            server.getKeyPairProvider().loadKeys(null).iterator().next().getPublic());
    Duration limit = Duration.ofSeconds(20);
    return new SftpStorage(
        "127.0.0.1",
        server.getPort(),
        new Login("pghoard", password, null),
        new HostKeyRule(print, null),
        root,
        "",
        new RemoteAccess(limit, limit, limit, null));
  }
}
