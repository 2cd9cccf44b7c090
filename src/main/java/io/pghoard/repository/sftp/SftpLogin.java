// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import io.pghoard.config.SftpStorage;
import io.pghoard.config.SftpStorage.Login;
import io.pghoard.repository.Deadline;
import io.pghoard.repository.PermanentStorageException;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.client.SftpVersionSelector;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.jspecify.annotations.Nullable;

/** Makes connections to one site's server, each with its own login. */
final class SftpLogin implements Closeable {
  /**
   * Why a login's server is refused, or "". Not kept by the session, which nobody gets when it is
   * refused quickly.
   */
  private static final AttributeKey<AtomicReference<String>> REFUSAL = new AttributeKey<>();

  private final SftpStorage storage;
  private final SshClient client = SshClient.setUpDefaultClient();
  private final Deadline deadline;

  SftpLogin(SftpStorage storage) {
    this.storage = storage;
    Duration connect = storage.access().connectTimeout();
    Duration read = storage.access().readTimeout();
    this.deadline = new Deadline(connect.plus(read.multipliedBy(3)));
    // Nothing of the user who runs pghoard: no ~/.ssh/config, no keys that lie about.
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setFilePasswordProvider(FilePasswordProvider.EMPTY);
    client.setServerKeyVerifier(
        (session, address, key) -> {
          try {
            String refusal = HostKeys.of(storage).refusal(storage, key);
            note(session, refusal == null ? "" : refusal);
            return refusal == null;
          } catch (PermanentStorageException e) {
            note(session, String.valueOf(e.getMessage()));
            return false;
          }
        });
    // The library begins with ChaCha20, which costs Java several times what AES-GCM does.
    client.setCipherFactories(
        client.getCipherFactories().stream()
            .sorted(Comparator.comparing(cipher -> !cipher.getName().contains("gcm")))
            .toList());
    // One wrong password is one failure: a second try locks accounts.
    CoreModuleProperties.PASSWORD_PROMPTS.set(client, 1);
    // The pool ends what is idle; a reader that pauses keeps its connection.
    CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
    CoreModuleProperties.NIO2_READ_TIMEOUT.set(client, Duration.ZERO);
    CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, Duration.ofSeconds(30));
    CoreModuleProperties.CHANNEL_OPEN_TIMEOUT.set(client, read);
    SftpModuleProperties.SFTP_CHANNEL_OPEN_TIMEOUT.set(client, read);
    AbstractSftpClient.SFTP_CLIENT_CMD_TIMEOUT.set(client, read);
    client.start();
  }

  private static void note(ClientSession session, String refusal) {
    AtomicReference<String> told = session.getConnectionContext().getAttribute(REFUSAL);
    if (told != null) {
      told.set(refusal);
    }
  }

  /** A connection that is logged in; throws what is sorted already. */
  SftpConnection connect(String deed) throws IOException {
    return deadline.within(deed, () -> login(deed), SftpConnection::close);
  }

  private SftpConnection login(String deed) throws IOException {
    List<KeyPair> keys = keys(deed);
    List<String> types = types(deed);
    client.setSignatureFactories(
        client.getSignatureFactories().stream()
            .sorted(
                Comparator.comparing(signature -> !types.contains(keyType(signature.getName()))))
            .toList());
    ClientSession session = null;
    AtomicReference<String> refusal = new AtomicReference<>("");
    try {
      session = open(keys, refusal);
      session.auth().verify(storage.access().readTimeout());
    } catch (IOException | RuntimeException e) {
      if (session != null) {
        session.close(true);
      }
      throw failed(deed, refusal.get(), e);
    }
    return subsystem(deed, session);
  }

  private List<String> types(String deed) throws PermanentStorageException {
    try {
      return HostKeys.of(storage).types();
    } catch (PermanentStorageException e) {
      throw new PermanentStorageException("cannot " + deed + ": " + e.getMessage(), e);
    }
  }

  private ClientSession open(List<KeyPair> keys, AtomicReference<String> refusal)
      throws IOException {
    Login login = storage.login();
    ConnectFuture connecting =
        client.connect(
            login.username(),
            storage.server(),
            storage.port(),
            AttributeRepository.ofKeyValuePair(REFUSAL, refusal));
    ClientSession session;
    try {
      session = connecting.verify(storage.access().connectTimeout()).getSession();
    } catch (IOException | RuntimeException e) {
      connecting.cancel();
      throw e;
    }
    keys.forEach(session::addPublicKeyIdentity);
    if (login.password() != null) {
      session.addPasswordIdentity(login.password());
    }
    return session;
  }

  private SftpConnection subsystem(String deed, ClientSession session) throws IOException {
    try {
      SftpClient sftp =
          SftpClientFactory.instance()
              .createSftpClient(session, SftpVersionSelector.fixedVersionSelector(3));
      return new SftpConnection(session, sftp, storage.access());
    } catch (IOException | RuntimeException e) {
      session.close(true);
      throw new IOException(
          "cannot %s: %s logged in at %s, but SFTP does not begin: %s; the server needs its"
                  .formatted(deed, storage.login(), where(), e.getMessage())
              + " Subsystem sftp, or ForceCommand internal-sftp for the account",
          e);
    }
  }

  /** The types of RSA keys and of their signatures differ. */
  private static String keyType(String signature) {
    return signature.startsWith("rsa-sha2-") ? "ssh-rsa" : signature;
  }

  private List<KeyPair> keys(String deed) throws PermanentStorageException {
    String key = storage.login().privateKey();
    if (key == null) {
      return List.of();
    }
    Path file = storage.login().keyFile();
    String name = file == null ? "private_key" : "private_key " + file;
    try (InputStream in =
        file == null
            ? new ByteArrayInputStream(key.getBytes(StandardCharsets.UTF_8))
            : Files.newInputStream(file)) {
      Iterable<KeyPair> found =
          SecurityUtils.loadKeyPairIdentities(
              null, NamedResource.ofName(name), in, FilePasswordProvider.EMPTY);
      List<KeyPair> keys = new ArrayList<>();
      if (found != null) {
        found.forEach(keys::add);
      }
      if (!keys.isEmpty()) {
        return keys;
      }
      throw new PermanentStorageException(
          "cannot %s: %s holds no private key; name the file that ssh-keygen made, not .pub"
              .formatted(deed, name));
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      if (e instanceof PermanentStorageException known) {
        throw known;
      }
      // Its own message may quote the key.
      throw new PermanentStorageException(
          "cannot %s: %s cannot be read (%s); it needs to be a private key in PEM without a"
                  .formatted(deed, name, file == null ? e.getClass().getSimpleName() : e.toString())
              + " passphrase, readable for the user that pghoard runs as");
    }
  }

  private IOException failed(String deed, @Nullable String refusal, Exception e) {
    if (refusal != null && !refusal.isEmpty()) {
      return new PermanentStorageException("cannot " + deed + ": " + refusal, e);
    }
    if (e instanceof SshException ssh
        && ssh.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE) {
      return new PermanentStorageException(
          "cannot %s: %s does not let %s log in%s"
              .formatted(deed, where(), storage.login(), remedy()),
          e);
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
        return new IOException(
            "cannot %s: the host name of %s cannot be resolved; check server and DNS"
                .formatted(deed, storage.server()),
            e);
      }
    }
    return new IOException(
        "cannot %s: no connection to %s: %s".formatted(deed, where(), SftpFailure.reason(e)), e);
  }

  private String remedy() {
    String key =
        "; the public half of private_key must be in the account's authorized_keys, which nobody else may be able to write";
    return storage.login().privateKey() == null ? "; check username and password" : key;
  }

  private String where() {
    return storage.server() + " port " + storage.port();
  }

  @Override
  public void close() {
    client.close(true);
    client.stop();
  }
}
