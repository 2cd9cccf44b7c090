// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import io.pghoard.config.SftpStorage;
import io.pghoard.config.SftpStorage.HostKeyRule;
import io.pghoard.repository.PermanentStorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a server may show.
 *
 * @param checked false: any
 * @param fingerprint the one that it must have, where no more is known
 * @param source where they come from, for messages
 */
record HostKeys(
    boolean checked,
    Set<PublicKey> accepted,
    Set<PublicKey> revoked,
    @Nullable String fingerprint,
    String source) {

  /** Reads what the configuration names; anew for each connection, as a file may be edited. */
  static HostKeys of(SftpStorage storage) throws PermanentStorageException {
    HostKeyRule rule = storage.hostKey();
    if (rule.knownHosts() != null) {
      return ofFile(rule.knownHosts(), storage);
    }
    String key = rule.key();
    if (key == null) {
      return new HostKeys(false, Set.of(), Set.of(), null, "");
    }
    if (key.startsWith("SHA256:")) {
      return new HostKeys(true, Set.of(), Set.of(), key, "host_key");
    }
    try {
      PublicKey accepted = publicKey(AuthorizedKeyEntry.parseAuthorizedKeyEntry(key));
      return new HostKeys(true, Set.of(accepted), Set.of(), null, "host_key");
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new PermanentStorageException(
          "host_key of %s is not a public key; write it as ssh-keyscan prints it: %s"
              .formatted(storage.server(), e.getMessage()),
          e);
    }
  }

  private static HostKeys ofFile(Path file, SftpStorage storage) throws PermanentStorageException {
    Set<PublicKey> accepted = new LinkedHashSet<>();
    Set<PublicKey> revoked = new LinkedHashSet<>();
    try {
      for (KnownHostEntry entry : KnownHostEntry.readKnownHostEntries(file)) {
        if (!entry.isHostMatch(storage.server(), storage.port())) {
          continue;
        }
        PublicKey key = publicKey(entry.getKeyEntry());
        if (entry.getMarker() == null || entry.getMarker().isEmpty()) {
          accepted.add(key);
        } else if (entry.getMarker().equals("revoked")) {
          revoked.add(key);
        }
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new PermanentStorageException("cannot read known_hosts, %s: %s".formatted(file, e), e);
    }
    return new HostKeys(true, accepted, revoked, null, file.toString());
  }

  private static PublicKey publicKey(AuthorizedKeyEntry entry)
      throws IOException, GeneralSecurityException {
    return entry.resolvePublicKey(null, PublicKeyEntryResolver.FAILING);
  }

  /**
   * The types of the keys that are known, as a server that has several shows what it is asked for.
   */
  List<String> types() {
    return new ArrayList<>(accepted.stream().map(KeyUtils::getKeyType).distinct().toList());
  }

  /** Why a key that the server has shown is not accepted; null when it is. */
  @Nullable String refusal(SftpStorage storage, PublicKey shown) {
    if (!checked) {
      return null;
    }
    String print = KeyUtils.getFingerPrint(shown);
    if (contains(revoked, shown)) {
      return "the server's key %s is revoked in %s".formatted(print, source);
    }
    if (fingerprint == null ? contains(accepted, shown) : fingerprint.equals(print)) {
      return null;
    }
    String known =
        fingerprint == null && accepted.isEmpty() ? "has no key for it" : "has another one";
    return ("the server shows the key %s %s, and %s %s: either it is another server, or its key"
            + " was changed. Ask its administrator for the fingerprint; if it is this one, write"
            + " what \"ssh-keyscan -p %d %s\" prints into %s")
        .formatted(
            KeyUtils.getKeyType(shown),
            print,
            source,
            known,
            storage.port(),
            storage.server(),
            source);
  }

  private static boolean contains(Set<PublicKey> keys, PublicKey shown) {
    return keys.stream().anyMatch(key -> KeyUtils.compareKeys(key, shown));
  }
}
